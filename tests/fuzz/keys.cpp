// The files that say who may connect, as an administrator may have left them: a list is refused whole, or every key in
// it is one, with a name of its own; credentials are refused, or their keys belong together.
#include "protocol/keys.h"

#include <unistd.h>
#include <zmq.h>

#include <fstream>
#include <set>

#include "tests/fuzz/fuzz.h"

namespace {

using namespace hallcast;

// In memory, since it is written for each input.
struct Folder {
    std::filesystem::path path = "/dev/shm/hallcast-fuzz-" + std::to_string(::getpid());
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

void check_list(const std::filesystem::path& file) {
    const auto list = wire::load_authorized(file);
    if (!list) return fuzz::require(!list.error().message.empty());
    std::set<std::string> names, keys;
    for (const wire::AuthorizedKey& key : *list) {
        fuzz::require(wire::is_key(key.public_key));
        fuzz::require(!key.name.empty() && key.name.find_first_of(" \t\n") == std::string::npos);
        fuzz::require(names.insert(key.name).second && keys.insert(key.public_key).second);
    }
}

void check_credentials(const std::filesystem::path& file) {
    const auto credentials = wire::load_credentials(file);
    if (!credentials) return fuzz::require(!credentials.error().message.empty());
    char derived[41];
    fuzz::require(::zmq_curve_public(derived, credentials->client.secret_key.c_str()) == 0);
    fuzz::require(credentials->client.public_key == derived);
    fuzz::require(wire::is_key(credentials->master_key));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Folder folder;
    fuzz::be_quiet();
    if (size == 0) return 0;
    const std::filesystem::path file = folder.path / "file";
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data) + 1, std::streamsize(size - 1));
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    if (data[0] == 'L')
        check_list(file);
    else
        check_credentials(file);
    return 0;
}
