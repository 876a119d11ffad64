// What a store's file must still have after a crash.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "player/queue/snapshot.h"
#include "player/queue/sqlite.h"
#include "tests/queue/sample.h"

namespace hallcast::queue::sample {

// "ok", or what SQLite finds wrong with the file.
inline std::string integrity_of(const std::filesystem::path& file) {
    const auto database = open_queue_database(file);
    if (!database) return database.error().message;
    const auto found = query_text(database->get(), "PRAGMA integrity_check");
    return found ? *found : found.error().message;
}

// The first of these acknowledged commands that the file does not know as it was answered, or what else is wrong.
inline std::optional<std::string> fault_of_file(const std::filesystem::path& file,
                                                const std::vector<v1::CommandReply>& acknowledged) {
    auto store = open_sqlite_store(file);
    if (!store) return store.error().message;
    std::vector<v1::Event> log;
    const auto read = (*store)->replay(0, [&](const v1::Event& event) { log.push_back(event); });
    if (!read) return read.error().message;
    if (auto fault = fault_of_log(log)) return fault;
    for (const v1::CommandReply& reply : acknowledged) {
        const auto kept = (*store)->reply_to(reply.cmd_id());
        if (!kept) return kept.error().message;
        if (!*kept || (*kept)->SerializeAsString() != reply.SerializeAsString())
            return "a reply is lost: " + reply.ShortDebugString();
        if (reply.log_seq() > log.size() || log[reply.log_seq() - 1].cmd_id() != reply.cmd_id())
            return "an event is lost: " + reply.ShortDebugString();
    }
    const auto loaded = load_state(**store);
    if (!loaded) return loaded.error().message;
    if (describe(loaded->state) != describe(replay_of(log))) return "the snapshot says something else than the log";
    return std::nullopt;
}

}  // namespace hallcast::queue::sample
