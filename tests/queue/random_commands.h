// Commands by chance, mostly sensible ones.
#pragma once

#include <random>
#include <string>

#include "tests/queue/sample.h"

namespace hallcast::queue::sample {

// Commands as a busy office with a bad network sends them: mostly sensible, some of them senseless.
class RandomCommands {
  public:
    explicit RandomCommands(std::uint64_t seed) : random_(seed) {}

    v1::Command next() {
        const std::uint32_t counter = 1 + below(5);  // 5 does not exist
        switch (below(16)) {
            case 0:
            case 1:
            case 2:
            case 3:
                return issue(std::string(1, char('A' + below(4))), below(3) == 0 ? "uk" : "");  // D does not exist
            case 4:
                return open(counter);
            case 5:
                return below(4) == 0 ? close(counter) : open(counter);
            case 6:
            case 7:
            case 8:
                return call_next(counter);
            case 9:
                return call_ticket(counter, fmt::format("{}{:03}", char('A' + below(3)), 1 + below(900)));
            case 10:
                return some_step(counter);
            case 11:
            case 12:
                return start(counter);
            case 13:
                return finish(counter);
            case 14:
                return no_show(counter);
            default:
                return below(20) == 0 ? apply_office(some_office()) : below(3) == 0 ? some_notice() : issue("B");
        }
    }

    v1::Command some_notice() {
        if (below(3) == 0) return end_notice(fmt::format("notice-{}", 1 + below(40)));
        const char* halls[] = {"", "main", "upstairs", "cellar"};  // the last does not exist
        return make_notice(halls[below(4)], {{below(3) ? "pl" : "uk", "Okienko 7 jest nieczynne."}}, 1 + below(3),
                           below(3) == 0);
    }

    v1::Command some_step(std::uint32_t counter) {
        const std::string ticket = fmt::format("{}{:03}", char('A' + below(3)), 1 + below(900));
        switch (below(10)) {
            case 0:
                return recall(counter);
            case 1:
                return park(counter);
            case 2:
                return recycle(counter);
            case 3:
                return transfer(counter, std::string(1, char('A' + below(4))), 0, "", v1::Transfer::Position(below(3)));
            case 4:
                return transfer(counter, "", 1 + below(5));
            case 5:
                return reinstate(ticket);
            case 6:
                return end_visit(ticket);
            case 7:
                return sign_in(counter, below(2) ? "ann" : "bob");
            default:
                return undo(counter);
        }
    }

    // The sample office, changed a little: a ticker text, one service less, counters moved or gone, halls gone or
    // turned.
    v1::Office some_office() {
        v1::Office changed = office();
        v1::Text& text = *changed.mutable_halls(0)->add_ticker();
        text.set_id("hello");
        (*text.mutable_text())["pl"] = std::to_string(below(3));
        switch (below(5)) {
            case 0:
                changed.mutable_services()->DeleteSubrange(2, 1);
                changed.mutable_counters(3)->clear_services();
                break;
            case 1:
                changed.mutable_counters()->DeleteSubrange(int(below(4)), 1);
                break;
            case 2:
                changed.mutable_counters(3)->set_hall("main");
                changed.mutable_halls()->DeleteSubrange(1, 1);
                break;
            case 3:
                changed.mutable_services()->SwapElements(0, 2);
                changed.mutable_counters(2)->set_hall("upstairs");
                break;
            default:
                break;
        }
        return changed;
    }

    std::uint32_t below(std::uint32_t limit) {
        return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random_);
    }

  private:
    std::mt19937_64 random_;
};

}  // namespace hallcast::queue::sample
