#include "key_files.hpp"

#include "samtal/storage/key_wrapping.hpp"

#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>

namespace samtal::storage {

namespace {

class File {
public:
    File(std::string const& path, int flags) : fd_{::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)} {}
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;

    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] bool write(Key const& key) const {
        return ::write(fd_, key.data(), key.size()) == static_cast<ssize_t>(key.size()) && ::fsync(fd_) == 0;
    }

private:
    int fd_;
};

std::string directory_of(std::string const& path) {
    return std::filesystem::path{path}.parent_path().string();
}

}  // namespace

Wipe::~Wipe() {
    sodium_memzero(key_.data(), key_.size());
}

std::string kek_file(std::string const& directory, int epoch) {
    return directory + "/kek-" + std::to_string(epoch) + ".key";
}

Key read_key_file(std::string const& path) {
    File const file{path, O_RDONLY};
    if (!file && errno == ENOENT)
        throw KeyFileMissing{path + ": there is no such file (samtalctl keys init makes the first ones)"};
    if (!file) throw std::runtime_error{path + ": cannot be read"};
    Key key;
    struct stat about{};
    if (::fstat(file.get(), &about) != 0 || about.st_size != static_cast<off_t>(key.size()) ||
        ::read(file.get(), key.data(), key.size()) != static_cast<ssize_t>(key.size()))
        throw std::runtime_error{path + ": is not 32 bytes long"};
    return key;
}

bool make_key_file(std::string const& path) {
    if (std::filesystem::exists(path)) return false;
    Key key;
    Wipe const wipe{key};
    randombytes_buf(key.data(), key.size());
    std::string const unfinished = path + ".new";
    File const file{unfinished, O_WRONLY | O_CREAT | O_TRUNC};
    if (!file || !file.write(key)) throw std::runtime_error{path + ": cannot be written"};
    std::filesystem::rename(unfinished, path);
    sync_directory(directory_of(path));
    return true;
}

void destroy_key_file(std::string const& path) {
    std::string const doomed = path + ".destroyed";  // a reader finds the key or none, never half of one
    std::error_code none;
    std::filesystem::rename(path, doomed, none);
    if (none && none != std::errc::no_such_file_or_directory)
        throw std::runtime_error{path + ": cannot be destroyed"};
    sync_directory(directory_of(path));
    if (!std::filesystem::exists(doomed)) return;
    {
        Key const zeros{};
        File const file{doomed, O_WRONLY};
        if (!file || !file.write(zeros)) throw std::runtime_error{doomed + ": cannot be overwritten"};
    }
    if (::unlink(doomed.c_str()) != 0) throw std::runtime_error{doomed + ": cannot be removed"};
    sync_directory(directory_of(path));
}

void sync_directory(std::string const& directory) {
    File const opened{directory, O_RDONLY | O_DIRECTORY};
    if (!opened || ::fsync(opened.get()) != 0) throw std::runtime_error{directory + ": cannot be synced"};
}

}  // namespace samtal::storage
