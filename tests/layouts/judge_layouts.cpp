// judge_layouts: a layout a line on standard input (JSON is YAML), a verdict a line on standard output: "right", or
// what is wrong with it, several mistakes joined by " | ".
#include <cstdio>
#include <iostream>
#include <string>

#include "layouts/layout.h"

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        const auto layout = hallcast::layouts::parse_layout(line, "x.yaml");
        std::string verdict = layout ? "right" : layout.error().message;
        for (std::size_t at = 0; (at = verdict.find('\n', at)) != std::string::npos;) verdict.replace(at, 1, " | ");
        std::cout << verdict << '\n';
    }
}
