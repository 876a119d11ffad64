#include "player/media/item_ledger.h"

#include <fmt/format.h>

#include <algorithm>

namespace hallcast::media {
namespace {

constexpr std::chrono::minutes complaint_every{1};

}  // namespace

ItemLedger::Entry& ItemLedger::entry(const std::string& id) {
    const auto found = std::ranges::find(entries_, id, [](const Entry& entry) { return entry.statistics.id; });
    Entry entry;
    entry.statistics.id = id;
    if (found != entries_.end()) {
        entry = std::move(*found);
        entries_.erase(found);
    } else if (entries_.size() == most_items) {
        entries_.pop_front();
    }
    return entries_.emplace_back(std::move(entry));
}

void ItemLedger::add(const std::string& id, const ClipFigures& figures, End end) {
    ItemStatistics& item = this->item(id);
    item.decoded += figures.decoded;
    item.presented += figures.presented;
    item.late += figures.late;
    item.dropped += figures.dropped;
    item.repeated += figures.repeated;
    item.concealed += figures.facts.concealed;
    item.lost_packets += figures.facts.lost_packets;
    item.stalled += figures.stalled;
    item.played += end == End::whole ? 1 : 0;
    item.faults += end == End::faulty ? 1 : 0;
    if (!figures.facts.decoder.empty()) {
        item.decoder = figures.facts.decoder;
        item.why_not_better = figures.facts.why_not_better;
    }
    all_.decoded += figures.decoded;
    all_.late += figures.late;
    all_.dropped += figures.dropped;
}

std::optional<std::string> ItemLedger::complaint(const std::string& id, const ClipFigures& figures, End end,
                                                 Clock::time_point now) {
    const ClipFacts& facts = figures.facts;
    const bool bad =
        end == End::faulty || figures.late > 0 || figures.dropped > 0 || facts.concealed > 0 || facts.lost_packets > 0;
    auto& complained = entry(id).complained;
    if (!bad || (complained && now - *complained < complaint_every)) return std::nullopt;
    complained = now;
    return fmt::format("{}{}: {}", id, end == End::faulty ? " ended by a fault" : " did not play well",
                       text_of(figures));
}

std::vector<ItemStatistics> ItemLedger::items() const {
    std::vector<ItemStatistics> items;
    for (const Entry& entry : entries_) items.push_back(entry.statistics);
    return items;
}

void ItemLedger::sum(PlaybackStatistics& statistics) const {
    statistics.decoded = all_.decoded;
    statistics.late = all_.late;
    statistics.dropped = all_.dropped;
}

std::string text_of(const ClipFigures& figures) {
    std::string text = fmt::format(
        "{} pictures decoded, {} presented, {} late, {} dropped, {} repeated, {} concealed, {} packets "
        "lost, stalled for {:.2f} s; {}",
        figures.decoded, figures.presented, figures.late, figures.dropped, figures.repeated, figures.facts.concealed,
        figures.facts.lost_packets, double(figures.stalled.count()) / 1e9, figures.facts.decoder);
    if (!figures.facts.why_not_better.empty()) text += " (" + figures.facts.why_not_better + ")";
    return text;
}

}  // namespace hallcast::media
