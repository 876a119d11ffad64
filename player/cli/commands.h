// The subcommands of `hallcast`. Each adds itself to the command line; its callback throws Failure when it cannot do
// its work.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <stdexcept>
#include <string>

#include "protocol/base/error.h"

namespace hallcast::cli {

// The command was used rightly but failed: printed as it is, exit status 1. The only exception of the program's own,
// since CLI11 calls us back without a way to return.
struct Failure : std::runtime_error {
    explicit Failure(const Error& error) : std::runtime_error(error.message) {}
};

// The value, or Failure.
template <typename T>
T need(Expected<T> result) {
    if (!result) throw Failure(result.error());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void add_demo(CLI::App& app);
void add_play(CLI::App& app);
void add_ctl(CLI::App& app);
void add_book(CLI::App& app);
void add_draw(CLI::App& app);
void add_office(CLI::App& app);
void add_verify_draw(CLI::App& office);
void add_office_store(CLI::App& office);  // its backup, restore and verify
void add_pair(CLI::App& app);
void add_keys(CLI::App& app);
void add_content(CLI::App& app);
void add_layout(CLI::App& app);
void add_layout_words(CLI::App& layout);  // its schema and keys
void add_layout_render(CLI::App& layout);
void add_layout_check(CLI::App& layout);
void add_say(CLI::App& app);
void add_voice(CLI::App& app);
void add_signs(CLI::App& app);

}  // namespace hallcast::cli
