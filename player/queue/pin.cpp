#include "player/queue/pin.h"

#include <sodium.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "protocol/base/error.h"

namespace hallcast::queue {

std::string pin_of(std::string_view office_secret, std::uint64_t appointment, std::uint32_t generation) {
    HALLCAST_ASSERT(office_secret.size() == crypto_generichash_KEYBYTES);
    const std::string message = fmt::format("hallcast pin 1\n{}\n{}", appointment, generation);
    unsigned char hash[crypto_generichash_BYTES];
    crypto_generichash(hash, sizeof(hash), reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                       reinterpret_cast<const unsigned char*>(office_secret.data()), office_secret.size());
    // Of 2^64 the last incomplete million favours some PINs by 10^-13: nobody can use that.
    std::uint64_t number = 0;
    for (int byte = 0; byte < 8; ++byte) number = number << 8 | hash[byte];
    return fmt::format("{:06}", number % 1'000'000);
}

bool is_pin(std::string_view pin, std::string_view entered) {
    if (entered.size() > 64) return false;
    const auto text = icu::UnicodeString::fromUTF8({entered.data(), std::int32_t(entered.size())});
    std::string digits;
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const UChar32 character = text.char32At(at);
        if (u_hasBinaryProperty(character, UCHAR_WHITE_SPACE) || u_hasBinaryProperty(character, UCHAR_DASH)) continue;
        const int digit = u_charDigitValue(character);
        if (digit < 0) return false;
        digits += char('0' + digit);
    }
    return digits.size() == pin.size() && sodium_memcmp(digits.data(), pin.data(), pin.size()) == 0;
}

}  // namespace hallcast::queue
