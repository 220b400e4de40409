// SPDX-License-Identifier: MIT
// The program's functions and collations: between SQLite's values and ours, and no exception through its C code.
#include <azoth/driver/sqlite.hpp>

#include <cstddef>
#include <exception>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include <azoth/error.hpp>
#include <azoth/types/decimal.hpp>
#include <azoth/types/uuid.hpp>

#include "driver/sqlite/connection.hpp"
#include "driver/sqlite/error.hpp"

namespace azoth::sqlite {
namespace {

Value value_of(sqlite3_value* value) {
    const auto size = [value] { return static_cast<std::size_t>(sqlite3_value_bytes(value)); };
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return Value{static_cast<std::int64_t>(sqlite3_value_int64(value))};
    case SQLITE_FLOAT: return Value{sqlite3_value_double(value)};
    case SQLITE_TEXT: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
        return Value{std::string(text, size())};
    }
    case SQLITE_BLOB: {
        const auto* bytes = static_cast<const std::byte*>(sqlite3_value_blob(value));
        const auto count = size();
        return Value{count == 0 ? Bytes{} : Bytes(bytes, bytes + count)};
    }
    default: return Value{};
    }
}

std::vector<Value> values_of(int count, sqlite3_value** arguments) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) values.push_back(value_of(arguments[i]));
    return values;
}

void give_text(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void give(sqlite3_context* context, const Value& value) {
    const Param param = value.param();
    switch (param.kind) {
    case ParamKind::null: sqlite3_result_null(context); return;
    case ParamKind::boolean:
    case ParamKind::integer: sqlite3_result_int64(context, param.integer); return;
    case ParamKind::real: sqlite3_result_double(context, param.real); return;
    case ParamKind::unsigned_integer:
        if (param.unsigned_integer > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            throw ArgumentError("the function returned a number above what SQLite can store (9223372036854775807)");
        sqlite3_result_int64(context, static_cast<std::int64_t>(param.unsigned_integer));
        return;
    case ParamKind::bytes: {
        const auto bytes = param.view();
        sqlite3_result_blob64(context, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_TRANSIENT);
        return;
    }
    case ParamKind::text:
    case ParamKind::json: give_text(context, param.view()); return;
    case ParamKind::decimal: give_text(context, param.decimal->to_string()); return;
    case ParamKind::uuid: give_text(context, azoth::to_string(*param.uuid)); return;
    default: throw ArgumentError("a function returns NULL, a number, text or bytes, not " + to_string(param));
    }
}

/// Runs the program's code; what it throws is the statement's error.
template <class Work>
void guarded(sqlite3_context* context, Work work) noexcept {
    try {
        work();
    } catch (const std::exception& error) {
        sqlite3_result_error(context, error.what(), -1);
    } catch (...) {
        sqlite3_result_error(context, "a function of the program has thrown", -1);
    }
}

template <class T>
void destroy(void* object) noexcept {
    delete static_cast<T*>(object);
}

template <class T>
T& program_of(sqlite3_context* context) noexcept {
    return *static_cast<T*>(sqlite3_user_data(context));
}

void call(sqlite3_context* context, int count, sqlite3_value** arguments) noexcept {
    guarded(context, [&] { give(context, program_of<ScalarFunction>(context)(values_of(count, arguments))); });
}

/// The aggregate of a group, in the memory that SQLite keeps for it. @tparam A  Aggregate or WindowAggregate
template <class A>
struct Group {
    using Make = std::function<std::unique_ptr<A>()>;

    static A& begun(sqlite3_context* context) {
        auto** kept = static_cast<A**>(sqlite3_aggregate_context(context, sizeof(A*)));
        if (kept == nullptr) throw std::bad_alloc();
        if (*kept == nullptr) *kept = program_of<Make>(context)().release();
        if (*kept == nullptr) throw ArgumentError("the function that makes an aggregate has made none");
        return **kept;
    }
    static void step(sqlite3_context* context, int count, sqlite3_value** arguments) noexcept {
        guarded(context, [&] { begun(context).step(values_of(count, arguments)); });
    }
    static void inverse(sqlite3_context* context, int count, sqlite3_value** arguments) noexcept {
        guarded(context, [&] { begun(context).inverse(values_of(count, arguments)); });
    }
    static void value(sqlite3_context* context) noexcept {
        guarded(context, [&] { give(context, begun(context).value()); });
    }
    /// Also after an error, to clean up.
    static void finish(sqlite3_context* context) noexcept {
        auto** kept = static_cast<A**>(sqlite3_aggregate_context(context, 0));
        guarded(context, [&] {
            std::unique_ptr<A> aggregate{kept == nullptr ? nullptr : std::exchange(*kept, nullptr)};
            if (!aggregate) aggregate = program_of<Make>(context)();
            if (aggregate) give(context, aggregate->finish());
        });
    }
};

using Compare = std::function<int(std::string_view, std::string_view)>;

int compare_texts(void* program, int left_size, const void* left, int right_size, const void* right) noexcept {
    const std::string_view a{static_cast<const char*>(left), static_cast<std::size_t>(left_size)};
    const std::string_view b{static_cast<const char*>(right), static_cast<std::size_t>(right_size)};
    try {
        return (*static_cast<Compare*>(program))(a, b);
    } catch (...) {
        return a.compare(b);
    }
}

/// Calls `create(handle)` while nothing else uses the connection. @throws what SQLite says
template <class Create>
void with_handle(driver::Connection& connection, Create create) {
    auto* own = dynamic_cast<Connection*>(&connection);
    if (own == nullptr) throw ArgumentError("functions and collations of the program are SQLite's: this is another database's connection");
    const Operation operation{own->database()};
    const int code = create(own->database().handle);
    if (code != SQLITE_OK) throw_error(diagnose(own->database().handle, code), {});
}

template <class F>
void require(const F& function, const std::string& name) {
    if (!function) throw ArgumentError("there is no function for '" + name + "'");
}

template <class A>
void create_group(
    driver::Connection& connection, const std::string& name, int arguments, typename Group<A>::Make make) {
    require(make, name);
    with_handle(connection, [&](sqlite3* handle) {
        auto program = std::make_unique<typename Group<A>::Make>(std::move(make));
        // It is destroyed by SQLite, when this fails as well.
        if constexpr (std::is_same_v<A, WindowAggregate>) {
            return sqlite3_create_window_function(
                handle, name.c_str(), arguments, SQLITE_UTF8, program.release(), Group<A>::step, Group<A>::finish, Group<A>::value,
                Group<A>::inverse, destroy<typename Group<A>::Make>);
        } else {
            return sqlite3_create_function_v2(
                handle, name.c_str(), arguments, SQLITE_UTF8, program.release(), nullptr, Group<A>::step, Group<A>::finish,
                destroy<typename Group<A>::Make>);
        }
    });
}

} // namespace

void create_function(
    driver::Connection& connection, const std::string& name, int arguments, ScalarFunction function, bool deterministic) {
    require(function, name);
    with_handle(connection, [&](sqlite3* handle) {
        auto program = std::make_unique<ScalarFunction>(std::move(function));
        return sqlite3_create_function_v2(
            handle, name.c_str(), arguments, SQLITE_UTF8 | (deterministic ? SQLITE_DETERMINISTIC : 0), program.release(), call,
            nullptr, nullptr, destroy<ScalarFunction>);
    });
}

void create_aggregate(
    driver::Connection& connection, const std::string& name, int arguments, std::function<std::unique_ptr<Aggregate>()> make) {
    create_group<Aggregate>(connection, name, arguments, std::move(make));
}

void create_window_function(
    driver::Connection& connection, const std::string& name, int arguments,
    std::function<std::unique_ptr<WindowAggregate>()> make) {
    create_group<WindowAggregate>(connection, name, arguments, std::move(make));
}

void create_collation(
    driver::Connection& connection, const std::string& name, std::function<int(std::string_view, std::string_view)> compare) {
    require(compare, name);
    with_handle(connection, [&](sqlite3* handle) {
        auto program = std::make_unique<Compare>(std::move(compare));
        // Here, unlike with functions, SQLite does not destroy it when it fails.
        const int code = sqlite3_create_collation_v2(
            handle, name.c_str(), SQLITE_UTF8, program.get(), compare_texts, destroy<Compare>);
        if (code == SQLITE_OK) static_cast<void>(program.release());
        return code;
    });
}

} // namespace azoth::sqlite
