#pragma once

#include "samtal/register/register.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::consent {

/// A brand (white label): what its people see instead of the operator's own name.
struct Brand {
    std::string id;  // file name in config/brands
    std::string name;
    std::string default_language = "sv";
};

/// One purpose as the person is told about it.
struct PurposeText {
    std::string name;
    bool opt_in;
    bool off_by_gpc;         // Sec-GPC: 1 shows it as not given
    std::string terms_hash;  // 32 bytes: what a consent binds to
};

/// The notice of GDPR Art. 13 and 14 in the languages of the register. One may be renewed while it is in use: each
/// answer is of one register, and a purpose that was handed out stays as it was.
class Notices {
public:
    explicit Notices(std::vector<Brand> brands, processing::Register const& = processing::built_in());
    ~Notices();

    struct Text {
        std::string html;
        std::string text;
    };
    /// From now on the notice of this register. From any thread.
    void renew(processing::Register const&);

    /// Nothing for a language that the register has no texts in. An unknown brand gets the first one's name.
    [[nodiscard]] std::optional<Text> text(std::string_view brand, std::string_view language) const;
    /// Changes with material changes only.
    [[nodiscard]] std::string current_version() const;
    /// Changes with every byte of the register's file.
    [[nodiscard]] std::string register_digest() const;
    /// All purposes in the register's order; nullptr for an unknown one.
    [[nodiscard]] std::vector<PurposeText> purposes() const;
    [[nodiscard]] std::shared_ptr<PurposeText const> purpose(std::string_view name) const;
    [[nodiscard]] bool is_opt_in(std::string_view name) const;
    /// 32 bytes; empty for an unknown purpose.
    [[nodiscard]] std::string terms_hash(std::string_view purpose) const;
    [[nodiscard]] std::vector<Brand> const& brands() const noexcept { return brands_; }

private:
    struct Edition;  // one register's notice, never changed
    [[nodiscard]] std::shared_ptr<Edition const> edition() const;

    std::vector<Brand> brands_;
    mutable std::mutex mutex_;
    std::shared_ptr<Edition const> edition_;
};

}  // namespace samtal::consent
