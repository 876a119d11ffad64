#include "player/queue/case_number.h"

#include <sodium.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace hallcast::queue {
namespace {

constexpr int longest_case_number = 100;  // UTF-16 units; real ones have 10 to 30

bool is_left_out(UChar32 character) {
    return u_hasBinaryProperty(character, UCHAR_WHITE_SPACE) || u_hasBinaryProperty(character, UCHAR_DASH) ||
           u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || character == '/' ||
           character == '\\' || character == 0x2044 || character == 0x2215;  // fraction slash, division slash
}

}  // namespace

Expected<std::string> normal_case_number(std::string_view text) {
    if (text.size() > std::size_t(4 * longest_case_number))
        return fail("a case number has at most {} characters", longest_case_number);
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
    HALLCAST_ASSERT(U_SUCCESS(status));
    const icu::UnicodeString whole =
        nfkc->normalize(icu::UnicodeString::fromUTF8({text.data(), std::int32_t(text.size())}), status);
    icu::UnicodeString kept;
    for (std::int32_t at = 0; at < whole.length(); at = whole.moveIndex32(at, 1)) {
        const UChar32 character = whole.char32At(at);
        // What ICU puts in place of bytes that are no UTF-8: two different numbers would become one.
        if (character == 0xfffd) return fail("the case number has characters that cannot be read");
        if (!is_left_out(character)) kept.append(character);
    }
    kept = nfkc->normalize(kept.toUpper(icu::Locale::getRoot()), status);
    HALLCAST_ASSERT(U_SUCCESS(status));
    if (kept.isEmpty()) return fail("the case number is empty. Copy it from the office's letter");
    if (kept.length() > longest_case_number)
        return fail("a case number has at most {} characters", longest_case_number);
    std::string normal;
    kept.toUTF8String(normal);
    return normal;
}

std::string case_hash(std::string_view secret, std::string_view normal) {
    HALLCAST_ASSERT(secret.size() == crypto_generichash_KEYBYTES);
    const std::string message = fmt::format("hallcast case 1\n{}", normal);
    std::string hash(case_hash_bytes, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                       reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
    return hash;
}

}  // namespace hallcast::queue
