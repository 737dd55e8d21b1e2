#include "samtal/aggregate/aggregator.hpp"

#include "applications.hpp"

namespace samtal::aggregate {

struct Aggregator::Parts {
    explicit Parts(AggregatorOptions const& options)
        : policies{statistics::Policies::load(options.labels_file)},
          repository{options.database, policies},
          link{repository, policies, statistics::read_link_key(options.link_key_file)} {}

    statistics::Policies const policies;
    PgFigureRepository repository;
    FiguresService service{repository, policies};
    FiguresApplication figures{service};
    LinkApplication link;
};

Aggregator::Aggregator(AggregatorOptions const& options) : parts_{std::make_unique<Parts>(options)} {}

Aggregator::~Aggregator() = default;

net::Application& Aggregator::figures() noexcept {
    return parts_->figures;
}

net::Application& Aggregator::link() noexcept {
    return parts_->link;
}

void Aggregator::close() {
    parts_->repository.close();
}

}  // namespace samtal::aggregate
