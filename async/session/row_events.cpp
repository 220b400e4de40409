// SPDX-License-Identifier: MIT
#include "session/row_events.hpp"

#include <atomic>
#include <map>
#include <memory>

#include <azoth/detail/lock.hpp>

namespace azoth::session {

namespace {

struct AllRowSignals {
    detail::TinyLock lock;
    std::map<const orm::MapperData*, std::unique_ptr<RowSignals>> of_classes; ///< that somebody asked for
    std::atomic<bool> asked_for{false};

    AllRowSignals() = default;
};

AllRowSignals& all_row_signals() {
    static AllRowSignals all;
    return all;
}

/// Null when nobody has asked for them.
const RowSignals* find(const orm::MapperData* mapper) {
    auto& all = all_row_signals();
    const detail::TinyGuard guard{all.lock};
    const auto found = all.of_classes.find(mapper);
    return found == all.of_classes.end() ? nullptr : found->second.get();
}

} // namespace

RowSignals& row_signals(const orm::MapperData* mapper) {
    auto& all = all_row_signals();
    const detail::TinyGuard guard{all.lock};
    auto& signals = all.of_classes[mapper];
    if (!signals) signals = std::make_unique<RowSignals>();
    all.asked_for.store(true, std::memory_order_release);
    return *signals;
}

bool announces_rows() { return all_row_signals().asked_for.load(std::memory_order_acquire); }

asio::awaitable<void> announce_rows(Core& core, const std::vector<ModelBase*>& objects, RowSignal RowSignals::* signal) {
    for (auto* object : objects) {
        const auto* mapper = object->orm_state().mapper;
        for (const auto* of : {mapper, static_cast<const orm::MapperData*>(nullptr)}) {
            const auto* signals = find(of);
            if (signals == nullptr || (signals->*signal).empty()) continue;
            const auto& told = signals->*signal;
            const auto listeners = told.snapshot();
            if (!listeners) continue;
            auto* connection = co_await begin_connection(core, core.engine_for(mapper, nullptr));
            for (const auto& listener : *listeners)
                if (told.take(*listener)) co_await told.function_of(*listener)(*connection, *object);
        }
    }
}

} // namespace azoth::session
