// All that the queue core knows, as plain structs: what `decide` reads and only `apply` changes.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "hallcast/v1/hall.pb.h"
#include "hallcast/v1/office.pb.h"

namespace hallcast::queue {

enum class VisitPhase { waiting, called, serving, finished, no_show };

// One arrival of one visitor, with the ticket that was printed for it.
struct Visit {
    std::uint64_t id = 0;  // from 1, in the order of arrival
    std::string service;
    std::string ticket;  // "A012"
    std::string language;
    std::int64_t issued_at_ms = 0;
    VisitPhase phase = VisitPhase::waiting;
    v1::Call call;  // the latest; empty while waiting
};

struct ServiceState {
    std::string prefix;               // of its number series; services with the same prefix share one
    std::set<std::uint64_t> waiting;  // ids of visits, the longest-waiting first
};

struct CounterState {
    std::string hall;
    std::vector<std::string> services;  // all where empty
    bool open = false;
    std::uint64_t visit = 0;  // called or served here; 0: nobody
};

// A hall's calls. Kept when an office drops the hall, so that a call id never comes twice.
struct Board {
    std::uint64_t last_call_seq = 0;
    std::vector<v1::Call> calls;  // the latest attempt first, at most wire::max_calls
};

struct State {
    std::uint64_t log_seq = 0;  // of the last event applied
    std::uint64_t last_visit = 0;
    std::shared_ptr<const v1::Office> office = std::make_shared<v1::Office>();  // empty before the first is applied
    std::map<std::string, ServiceState, std::less<>> services;                  // by id
    std::map<std::uint32_t, CounterState> counters;                             // by number
    std::map<std::string, std::uint32_t, std::less<>> series;                   // the last number given out, by prefix
    std::map<std::string, Board, std::less<>> boards;                           // by hall
    std::map<std::uint64_t, Visit> visits;  // those under way, and the latest `max_ended` that ended
    std::map<std::string, std::uint64_t, std::less<>> visit_of_ticket;  // of every visit in `visits`
    std::deque<std::uint64_t> ended;                                    // in the order in which they ended
};

constexpr std::size_t max_ended = 4096;

}  // namespace hallcast::queue
