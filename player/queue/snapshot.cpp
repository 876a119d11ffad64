#include "player/queue/snapshot.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include <bit>
#include <boost/pfr.hpp>
#include <concepts>
#include <cstring>
#include <utility>

#include "code_digest.h"
#include "player/queue/apply.h"

namespace hallcast::queue {
namespace {

constexpr std::string_view code_digest = HALLCAST_CODE_DIGEST;
constexpr std::size_t hash_bytes = crypto_generichash_BYTES;

template <typename T>  // made of the office, so not kept
concept OfOffice = std::same_as<T, std::shared_ptr<const BookingPlan>>;
template <typename T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;
template <typename T>
concept Message = std::derived_from<T, google::protobuf::MessageLite>;
template <typename T>
concept Optional = requires(T value) {
    value.has_value(), value.emplace();
};
template <typename T>
concept Shared = requires(T value) {
    value.use_count(), *value;
};
template <typename T>
concept Pair = requires(T value) {
    value.first, value.second;
};
template <typename T>
concept Fixed = requires {
    std::tuple_size<T>::value;
}
&&requires(T value) { value.begin(); };
template <typename T>  // std::vector, deque, ordered sets and maps; their order must not depend on chance
concept Container = requires(T value) {
    value.insert(value.end(), *value.begin());
}
&&!requires(T value) { value.bucket_count(); };

static_assert(std::endian::native == std::endian::little, "the bytes are the same on all machines that we build for");

class Packing {
  public:
    template <typename T>
    void put(const T& value) {
        if constexpr (OfOffice<T>) {
        } else if constexpr (Number<T>) {
            bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
        } else if constexpr (std::same_as<T, std::string>) {
            put(std::uint32_t(value.size()));
            bytes += value;
        } else if constexpr (Message<T>) {
            const std::size_t size = value.ByteSizeLong(), at = bytes.size() + sizeof(std::uint32_t);
            put(std::uint32_t(size));
            bytes.resize(at + size);
            google::protobuf::io::ArrayOutputStream stream(bytes.data() + at, int(size));
            google::protobuf::io::CodedOutputStream coded(&stream);
            coded.SetSerializationDeterministic(true);  // maps
            value.SerializeWithCachedSizes(&coded);
            HALLCAST_ASSERT(!coded.HadError());
        } else if constexpr (Optional<T>) {
            put(value.has_value());
            if (value) put(*value);
        } else if constexpr (Shared<T>) {
            put(*value);
        } else if constexpr (Pair<T>) {
            put(value.first);
            put(value.second);
        } else if constexpr (Fixed<T>) {
            for (const auto& one : value) put(one);
        } else if constexpr (Container<T>) {
            put(std::uint32_t(value.size()));
            for (const auto& one : value) put(one);
        } else {
            boost::pfr::for_each_field(value, [&](const auto& field) { put(field); });
        }
    }

    std::string bytes;
};

// Reads what Packing wrote. The hash has been checked, so a failure means that the code is another after all.
class Unpacking {
  public:
    explicit Unpacking(std::string_view bytes) : rest_(bytes) {}

    bool ended_well() const { return good_ && rest_.empty(); }

    template <typename T>
    void get(T& value) {
        if constexpr (OfOffice<T>) {
        } else if constexpr (Number<T>) {
            const std::string_view from = take(sizeof(value));
            if (good_) std::memcpy(&value, from.data(), sizeof(value));
        } else if constexpr (std::same_as<T, std::string>) {
            value = take(get_count());
        } else if constexpr (Message<T>) {
            const std::string_view from = take(get_count());
            good_ = good_ && value.ParseFromArray(from.data(), int(from.size()));
        } else if constexpr (Optional<T>) {
            bool there = false;
            get(there);
            if (there) get(value.emplace());
        } else if constexpr (Shared<T>) {
            auto made = std::make_shared<std::remove_const_t<typename T::element_type>>();
            get(*made);
            value = std::move(made);
        } else if constexpr (Pair<T>) {
            get(value.first);
            get(value.second);
        } else if constexpr (Fixed<T>) {
            for (auto& one : value) get(one);
        } else if constexpr (Container<T>) {
            value.clear();
            for (std::uint32_t left = get_count(); left > 0 && good_; --left) {
                typename Element<typename T::value_type>::type one{};
                get(one);
                value.insert(value.end(), std::move(one));
            }
        } else {
            boost::pfr::for_each_field(value, [&](auto& field) { get(field); });
        }
    }

  private:
    template <typename T>
    struct Element {
        using type = T;
    };
    template <typename Key, typename Value>
    struct Element<std::pair<const Key, Value>> {
        using type = std::pair<Key, Value>;
    };

    std::uint32_t get_count() {
        std::uint32_t count = 0;
        get(count);
        return count;
    }
    std::string_view take(std::size_t size) {
        good_ = good_ && size <= rest_.size();
        if (!good_) return {};
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view rest_;
    bool good_ = true;
};

std::string hash_of(std::string_view bytes) {
    static const int ready = ::sodium_init();  // 1: somebody else was first
    HALLCAST_ASSERT(ready >= 0);
    std::string hash(hash_bytes, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr, 0);
    return hash;
}

}  // namespace

std::string pack(const State& state) {
    Packing packing;
    packing.bytes.assign(code_digest.size() + hash_bytes, '\0');
    packing.put(state);
    std::string& bytes = packing.bytes;
    bytes.replace(0, code_digest.size(), code_digest);
    bytes.replace(code_digest.size(), hash_bytes,
                  hash_of(std::string_view(bytes).substr(code_digest.size() + hash_bytes)));
    return std::move(bytes);
}

bool is_of_this_code(std::string_view bytes) { return bytes.starts_with(code_digest); }

Expected<State> unpack(std::string_view bytes) {
    if (!is_of_this_code(bytes)) return fail("it was made by another version of hallcast");
    bytes.remove_prefix(code_digest.size());
    if (bytes.size() < hash_bytes || hash_of(bytes.substr(hash_bytes)) != bytes.substr(0, hash_bytes))
        return fail("it is damaged");
    bytes.remove_prefix(hash_bytes);
    Unpacking unpacking(bytes);
    State state;
    unpacking.get(state);
    state.plan = std::make_shared<BookingPlan>(*state.office);
    if (!unpacking.ended_well()) return fail("it is no state of this version of hallcast");
    return state;
}

Expected<Loaded> load_state(Store& store) {
    Loaded loaded;
    const auto kept = store.snapshot();
    if (!kept) {
        spdlog::warn("the snapshot of the queue cannot be read, so the whole log is: {}", kept.error().message);
    } else if (*kept) {
        auto unpacked = unpack((*kept)->bytes);
        if (unpacked && unpacked->log_seq == (*kept)->log_seq) {
            loaded = {*std::move(unpacked), (*kept)->log_seq};
        } else {
            spdlog::warn("the snapshot of the queue is not used, so the whole log is: {}",
                         unpacked ? "it is another's" : unpacked.error().message);
        }
    }
    auto replayed = store.replay(loaded.from_log_seq, [&](const v1::Event& event) { apply(loaded.state, event); });
    if (!replayed) return std::unexpected(replayed.error());
    return loaded;
}

}  // namespace hallcast::queue
