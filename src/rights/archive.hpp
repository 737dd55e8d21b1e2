#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/core/principal.hpp"
#include "samtal/core/result.hpp"
#include "samtal/core/task.hpp"
#include "samtal/core/time.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <functional>
#include <memory>
#include <string>

namespace samtal::rights {

enum class View { access, portability };  // Art. 15, Art. 20

/// Takes the next bytes of a ZIP. An error ends the making, and is what comes of it. Called on the archive's
/// thread.
using TakePiece = std::function<Task<Result<void>>(std::string piece)>;

class Archive {
public:
    /// Of each piece but the last.
    static constexpr std::size_t piece_bytes = 512 * 1024;

    virtual ~Archive() = default;
    /// The person's data as a ZIP, piece by piece, in memory of a few pieces. `not_found` when the person has no
    /// key any more, `denied` when a permit of one person is used for another, `invalid` for a language that is
    /// neither sv nor en. Permit and `take` must live until the end.
    virtual Task<Result<void>> build(Permit<purpose::RightsAndEvidence> const&, Principal who, View,
                                     std::string language, TakePiece take) = 0;
};

struct ArchiveParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    Clock clock = system_now;
    std::function<processing::Register()> in_force =
        processing::built_in;  // the register as it stands now; any thread
};

/// Works on one thread of its own, one archive at a time: what is encoded and compressed keeps nobody else
/// waiting. Its end waits for that thread, so it must come before the end of the database and of the callers'
/// loops.
[[nodiscard]] std::unique_ptr<Archive> make_archive(ArchiveParts);

}  // namespace samtal::rights
