#include "player/runtime/player_statistics.h"

#include <google/protobuf/util/json_util.h>
#include <spdlog/spdlog.h>

#include <fstream>

namespace hallcast::runtime {
namespace {

v1::PlayerStatistics with_items(const PlayerCounts& counts) {
    v1::PlayerStatistics statistics = to_message(counts);
    for (const media::ItemStatistics& item : counts.film.items) {
        v1::ItemStatistics& one = *statistics.add_items();
        one.set_id(item.id);
        one.set_decoded(item.decoded);
        one.set_presented(item.presented);
        one.set_late(item.late);
        one.set_dropped(item.dropped);
        one.set_repeated(item.repeated);
        one.set_concealed(item.concealed);
        one.set_lost_packets(item.lost_packets);
        one.set_stalled_s(double(item.stalled.count()) / 1e9);
        one.set_played(item.played);
        one.set_faults(item.faults);
        one.set_reconnects(item.reconnects);
        one.set_decoder(item.decoder);
        one.set_why_not_better(item.why_not_better);
    }
    return statistics;
}

}  // namespace

v1::PlayerStatistics to_message(const PlayerCounts& counts) {
    using namespace std::chrono;
    v1::PlayerStatistics statistics;
    statistics.set_at_ms(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count());
    statistics.set_uptime_s(duration_cast<seconds>(steady_clock::now() - counts.started).count());
    statistics.set_painter(counts.painter);
    statistics.set_pictures_presented(counts.pictures);
    statistics.set_pictures_late(counts.pacing.late);
    statistics.set_refreshes_missed(counts.pacing.missed);
    statistics.set_worst_lateness_ms(double(counts.pacing.worst_lateness.count()) / 1e6);
    statistics.set_film(counts.film.playing);
    statistics.set_film_decoded(counts.film.decoded);
    statistics.set_film_late(counts.film.late);
    statistics.set_film_dropped(counts.film.dropped);
    statistics.set_film_corrections(counts.film.corrections);
    statistics.set_film_failed(counts.film.failed_items);
    statistics.set_film_sound_ppm(counts.film.sound_speed_ppm);
    statistics.set_film_sound_behind_ms(double(counts.film.sound_behind.count()) / 1e6);
    statistics.set_film_sound_lost(counts.film.sound_lost);
    statistics.set_calls_announced(counts.calls.announced);
    statistics.set_calls_spoken(counts.calls.spoken);
    statistics.set_calls_expired(counts.calls.expired);
    statistics.set_calls_shown(counts.calls_shown);
    statistics.set_width(std::uint32_t(counts.size.width));
    statistics.set_height(std::uint32_t(counts.size.height));
    if (counts.celsius) statistics.set_temperature_c(*counts.celsius);
    statistics.set_has_sound(counts.has_sound);
    statistics.set_layout(counts.layout);
    statistics.set_layout_error(counts.layout_error);
    return statistics;
}

void log_counts(const PlayerCounts& counts) {
    const v1::PlayerStatistics last = to_message(counts);
    spdlog::info("pictures: {} presented, {} late (at worst {:.1f} ms), {} refreshes missed", last.pictures_presented(),
                 last.pictures_late(), last.worst_lateness_ms(), last.refreshes_missed());
    spdlog::info("film: {} pictures decoded, {} late, {} dropped, {} held or cut by a refresh to stay with the sound",
                 last.film_decoded(), last.film_late(), last.film_dropped(), last.film_corrections());
    spdlog::info(
        "sound: {:+.0f} ppm faster than its device, {:+.1f} ms behind the film's clock, {} times lost and found",
        last.film_sound_ppm(), last.film_sound_behind_ms(), last.film_sound_lost());
    spdlog::info("calls: {} announced, {} spoken, {} by another player, {} in quiet hours, {} expired",
                 counts.calls.announced, counts.calls.spoken, counts.calls.stood_by, counts.calls.quiet,
                 counts.calls.expired);
}

void StatisticsFile::write(const PlayerCounts& counts) {
    google::protobuf::util::JsonPrintOptions print;
    print.always_print_primitive_fields = true;
    print.add_whitespace = true;
    std::string json;
    HALLCAST_ASSERT(google::protobuf::util::MessageToJsonString(with_items(counts), &json, print).ok());
    // Renamed into place, but not synced: the loop must not wait for a disk, and a crash may cost ten seconds of
    // counts.
    std::filesystem::path beside = file_;
    beside += ".new";
    std::ofstream(beside) << json;
    std::error_code error;
    std::filesystem::rename(beside, file_, error);
    if (error && !failed_) spdlog::warn("{}: the statistics cannot be written: {}", file_.string(), error.message());
    failed_ = bool(error);
}

}  // namespace hallcast::runtime
