// The words the program itself puts on a screen, in every language it ships.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hallcast::content {

// The languages every shipped text has: pl en uk ru ka hi vi ar zh. The first is the office's own by default.
std::span<const std::string_view> shipped_languages();

// The text `id` ("number", "counter", "please_wait", "stale", "waiting", "welcome", "closed", ...) in `language`; in
// English where that language is not shipped ("pt-BR" is looked for as "pt"). An unknown id is a broken invariant: ask
// has_text() before. Texts live in content/texts/*.yaml; {counter}, {count} and {time} in them are the caller's to fill
// in.
std::string_view text(std::string_view id, std::string_view language);

// Whether there is a text of this id, for those who read ids from files; and all ids, sorted, for their error messages.
bool has_text(std::string_view id);
std::span<const std::string_view> text_ids();

}  // namespace hallcast::content
