#include "player/web/pages.h"

#include <span>
#include <string_view>

#include "protocol/base/error.h"
#include "protocol/base/resource.h"

namespace hallcast::web {

std::span<const Resource> page_files();  // generated, see CMakeLists.txt

namespace {

struct Route {
    std::string_view path, file, type;
};
constexpr Route routes[] = {
    {"/", "index.html", "text/html; charset=utf-8"},
    {"/counter", "counter.html", "text/html; charset=utf-8"},
    {"/content", "content.html", "text/html; charset=utf-8"},
    {"/health", "health.html", "text/html; charset=utf-8"},
    {"/style.css", "style.css", "text/css; charset=utf-8"},
    {"/icon.svg", "icon.svg", "image/svg+xml; charset=utf-8"},
    {"/common.js", "common.js", "text/javascript; charset=utf-8"},
    {"/counter.js", "counter.js", "text/javascript; charset=utf-8"},
    {"/content.js", "content.js", "text/javascript; charset=utf-8"},
    {"/health.js", "health.js", "text/javascript; charset=utf-8"},
};
constexpr std::string_view token_mark = "{{token}}";

std::string attribute(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '"')
            escaped += "&quot;";
        else if (c == '&')
            escaped += "&amp;";
        else
            escaped += c;
    }
    return escaped;
}

}  // namespace

std::optional<Answer> page(const std::string& path, const std::string& token) {
    for (const Route& route : routes) {
        if (route.path != path) continue;
        for (const Resource& file : page_files()) {
            if (file.name != route.file) continue;
            Answer answer{.body = std::string(file.bytes), .type = std::string(route.type)};
            if (const std::size_t mark = answer.body.find(token_mark); mark != std::string::npos)
                answer.body.replace(mark, token_mark.size(), attribute(token));
            answer.headers = {{"Content-Security-Policy",
                               "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                               "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
                              {"X-Content-Type-Options", "nosniff"},
                              {"Referrer-Policy", "no-referrer"},
                              {"Cache-Control", "no-cache"}};
            return answer;
        }
        HALLCAST_ASSERT(false && "a page that was not built in");
    }
    return std::nullopt;
}

}  // namespace hallcast::web
