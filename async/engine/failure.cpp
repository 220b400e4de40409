// SPDX-License-Identifier: MIT
// Throwing a driver's error again with statement and parameters, its class unchanged.
#include "engine/failure.hpp"

#include <exception>

#include <typeinfo>
#include <utility>

#include <azoth/error.hpp>

#include "engine/pool_state.hpp"

namespace azoth::engine {

namespace {

template <class E>
void throw_if(const DBAPIError& error, const std::string& sql, const std::vector<std::string>& parameters) {
    if (typeid(error) == typeid(E)) throw E(error.info(), sql, parameters);
}

template <class... E>
void throw_same(const DBAPIError& error, const std::string& sql, const std::vector<std::string>& parameters) {
    (throw_if<E>(error, sql, parameters), ...);
}

} // namespace

void rethrow_failure(Slot& slot, const std::string& sql, std::span<const Param> params) {
    auto pending = std::current_exception();
    slot.note_failure();
    bool disconnected = slot.is_disconnected(pending);
    bool invalidate_pool = true;
    if (!slot.core->events.handle_error.empty()) {
        ErrorEvent event;
        event.connection = slot.id;
        event.sql = sql;
        event.params = params;
        event.error = pending;
        event.is_disconnect = disconnected;
        slot.core->events.handle_error.emit(event);
        disconnected = event.is_disconnect;
        invalidate_pool = event.invalidate_pool_on_disconnect;
        pending = event.error;
    }
    if (disconnected) slot.invalidated = true;
    // All that were connected then are likely to be gone as well.
    if (disconnected && invalidate_pool && slot.pool) slot.pool->invalidate(slot.generation);
    try {
        std::rethrow_exception(pending);
    } catch (const DBAPIError& error) {
        const bool says_sql = !error.statement().empty();
        // A BEGIN that failed on its way with a statement has none of that one's parameters.
        const bool add_params = !slot.core->options.hide_parameters && error.parameters().empty() && !params.empty() &&
                                (!says_sql || error.statement() == sql);
        if (says_sql && !add_params) throw;
        auto parameters = add_params ? describe(params) : error.parameters();
        throw_same<
            IntegrityError,
            OperationalError,
            ProgrammingError,
            DataError,
            InternalError,
            NotSupportedError,
            CommitUnknownError,
            InterfaceError,
            DatabaseError,
            DBAPIError>(error, says_sql ? error.statement() : sql, parameters);
        throw; // a class of a driver's own
    }
}

} // namespace azoth::engine
