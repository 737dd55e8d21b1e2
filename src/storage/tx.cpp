#include "samtal/storage/tx.hpp"
#include "connection.hpp"

namespace samtal::storage {

void Tx::begin(Statement const& statement) {
    current_ = statement.name();
    connection_.prepare(statement);
}

}  // namespace samtal::storage
