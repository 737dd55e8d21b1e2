#pragma once

#include <cstdint>
#include <string>

// The audit trail as it is stored.
namespace samtal::audit {

/// A row of audit_leaves.
struct LoggedLeaf {
    std::string leaf_id;
    std::string act;
    std::string actor_kind;
    std::string actor;    // bytes
    std::string subject;  // bytes
    std::string purpose;
    std::string reference;
    std::string code;
    std::int64_t acted_us = 0;  // all that the database keeps: a changed microsecond is a change
};

/// A leaf in its place: its canonical bytes; of one that went when its period ended, the hash that stayed.
struct NumberedLeaf {
    std::int64_t position;
    std::string bytes;
    std::string pruned{};  // 32 bytes, or empty
};

/// A row of audit_prunings: how many leaves may be gone, from the first on, and the signed statement that says so.
struct StoredPruning {
    std::int64_t size = 0;
    std::string note;
};

/// A row of audit_checkpoints.
struct StoredCheckpoint {
    std::int64_t size = 0;
    std::string frontier;  // Frontier::hashes()
    std::string note;
};

/// How far leaves and checkpoints reach, at one moment.
struct Extent {
    std::int64_t numbered = 0;  // one more than the greatest position
    std::int64_t signed_ = 0;   // the greatest checkpoint's size
};

/// Who reads the log from its beginning: leaves by position, each checkpoint after the last leaf it covers.
class LogVisitor {
public:
    virtual ~LogVisitor() = default;
    virtual void add(NumberedLeaf const&) = 0;
    virtual void add(StoredCheckpoint const&) = 0;
    /// By size, and before the first leaf that it lets go.
    virtual void add(StoredPruning const&) = 0;
    /// Has seen enough.
    [[nodiscard]] virtual bool done() const { return false; }
};

}  // namespace samtal::audit
