// SPDX-License-Identifier: MIT
// The scripted database: one coroutine asks the script, waits as it says, and does what it says.
#include "support/scripted_driver.hpp"

#include <algorithm>
#include <atomic>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <azoth/dialect/dialects.hpp>
#include <azoth/engine/url.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth::testing {

namespace {

class ValueRows final : public RowBuffer {
public:
    ValueRows(std::vector<std::vector<Value>> rows, std::size_t columns)
        : RowBuffer(rows.size(), columns),
          values_(std::move(rows)) {}

    [[nodiscard]] Field field(std::size_t row, std::size_t column) const noexcept override {
        const auto& value = values_[row][column].variant();
        if (const auto* number = std::get_if<std::int64_t>(&value)) return {Wire::integer, *number};
        if (const auto* real = std::get_if<double>(&value)) return Field{*real};
        if (const auto* text = std::get_if<std::string>(&value))
            return {Wire::text, text->data(), static_cast<std::uint32_t>(text->size())};
        return {};
    }

private:
    std::vector<std::vector<Value>> values_;
};

Value to_owned(const Param& param) {
    switch (param.kind) {
    case ParamKind::integer:
        return integer(param.integer);
    case ParamKind::text:
        return string(std::string{param.view()});
    case ParamKind::real:
        return TypeTraits<double>::value(param.real);
    case ParamKind::boolean:
        return TypeTraits<bool>::value(param.integer != 0);
    default:
        return {};
    }
}

class ScriptedConnection;

class ScriptedCursor final : public driver::Cursor {
public:
    ScriptedCursor(
        ScriptedConnection& connection,
        Reply reply,
        std::shared_ptr<const std::vector<driver::ColumnInfo>> columns
    )
        : connection_(&connection),
          reply_(std::move(reply)),
          columns_(std::move(columns)) {}
    ~ScriptedCursor() override;

    [[nodiscard]] const std::shared_ptr<const std::vector<driver::ColumnInfo>>&
    columns() const noexcept override {
        return columns_;
    }
    asio::awaitable<std::shared_ptr<const RowBuffer>> fetch(std::size_t max_rows) override;
    asio::awaitable<void> close() override;

private:
    ScriptedConnection* connection_;
    Reply reply_;
    std::shared_ptr<const std::vector<driver::ColumnInfo>> columns_;
    std::size_t next_ = 0;
    bool open_ = true;
};

class ScriptedConnection final : public driver::Connection {
public:
    ScriptedConnection(std::shared_ptr<Script> script, int number)
        : script_(std::move(script)),
          number_(number) {}
    ~ScriptedConnection() override { script_->gone(); }

    asio::awaitable<driver::Result> execute(driver::Statement statement) override {
        auto reply = co_await perform(call_for(statement, statement.params, 1));
        driver::Result result;
        result.affected = reply.affected;
        result.last_insert_id = reply.last_insert_id;
        if (!reply.columns.empty()) {
            result.columns = columns_of(reply);
            result.rows = std::make_shared<ValueRows>(std::move(reply.rows), reply.columns.size());
        }
        co_return result;
    }

    asio::awaitable<driver::BatchResult> execute_batch(
        driver::Statement statement,
        std::span<const Param> params,
        std::size_t rows,
        driver::BatchWants wants
    ) override {
        auto reply = co_await perform(call_for(statement, params, rows));
        driver::BatchResult result;
        result.affected = reply.affected < 0 ? static_cast<std::int64_t>(rows) : reply.affected;
        if (wants == driver::BatchWants::rows) {
            for (auto& row : reply.rows) {
                std::vector<std::vector<Value>> one;
                one.push_back(std::move(row));
                result.rows.push_back(std::make_shared<ValueRows>(std::move(one), reply.columns.size()));
            }
        }
        co_return result;
    }

    asio::awaitable<std::unique_ptr<driver::Cursor>> open_cursor(driver::Statement statement) override {
        auto reply = co_await perform(call_for(statement, statement.params, 1));
        auto columns = reply.columns.empty() ? nullptr : columns_of(reply);
        co_return std::make_unique<ScriptedCursor>(*this, std::move(reply), std::move(columns));
    }

    asio::awaitable<void> run(std::string sql) override { co_await ask(std::move(sql)); }
    asio::awaitable<void> begin(driver::BeginOptions options) override {
        co_await ask(
            options.isolation_level == driver::IsolationLevel::serializable ? "BEGIN SERIALIZABLE" : "BEGIN"
        );
        in_transaction_ = true;
    }
    asio::awaitable<void> commit() override {
        co_await ask("COMMIT");
        in_transaction_ = false;
    }
    asio::awaitable<void> rollback() override {
        co_await ask("ROLLBACK");
        in_transaction_ = false;
    }
    asio::awaitable<driver::ServerInfo> server_info() override {
        driver::ServerInfo info;
        if (!script_->tells_server_info) co_return info;
        co_await ask("SERVER INFO");
        info.default_schema = "main";
        info.default_isolation_level = driver::IsolationLevel::serializable;
        co_return info;
    }
    asio::awaitable<void> ping() override { co_await ask("PING"); }
    asio::awaitable<void> recover(std::chrono::steady_clock::time_point) override {
        recovering_ = true;
        co_await ask("RECOVER");
        recovering_ = false;
        cut_off_ = false;
        in_transaction_ = false;
    }
    asio::awaitable<void> close() override {
        co_await ask("CLOSE");
        open_ = false;
    }
    void terminate() noexcept override { open_ = false; }

    [[nodiscard]] bool in_transaction() const noexcept override { return open_ && in_transaction_; }
    [[nodiscard]] bool needs_recovery() const noexcept override { return open_ && cut_off_; }
    [[nodiscard]] bool is_open() const noexcept override { return open_; }
    [[nodiscard]] std::string server_version() const override { return "1.0-script"; }
    [[nodiscard]] void* native_handle() noexcept override { return this; }

    asio::awaitable<void> ask(std::string text) {
        Call call;
        call.connection = number_;
        call.text = std::move(text);
        co_await perform(std::move(call));
    }

    asio::awaitable<Reply> perform(Call call) {
        if (busy_)
            throw std::logic_error("two operations at a time on connection " + std::to_string(number_));
        if (!open_) throw std::logic_error(call.text + " on a closed connection");
        if (cut_off_ && !recovering_)
            throw std::logic_error(call.text + " on a connection that needs recovery");
        const Busy busy{busy_};
        auto reply = script_->record(std::move(call));
        if (reply.hang || reply.delay.count() > 0) {
            auto executor = co_await asio::this_coro::executor;
            asio::steady_timer timer{executor};
            timer.expires_after(reply.hang ? std::chrono::milliseconds{std::chrono::hours{1}} : reply.delay);
            asio::error_code error;
            cut_off_ = true; // also when this frame is destroyed
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
            if (error) throw asio::system_error(error);
            cut_off_ = recovering_;
        }
        if (reply.ends_transaction) in_transaction_ = false;
        if (reply.disconnect) open_ = false;
        if (reply.error) std::rethrow_exception(reply.error);
        co_return reply;
    }

    /// A cursor was dropped in mid-answer.
    void cut_off() noexcept { cut_off_ = true; }

private:
    struct Busy {
        explicit Busy(bool& f) : flag(f) { flag = true; }
        ~Busy() { flag = false; }
        Busy(const Busy&) = delete;
        Busy& operator=(const Busy&) = delete;
        bool& flag;
    };

    [[nodiscard]] Call
    call_for(const driver::Statement& statement, std::span<const Param> params, std::size_t rows) const {
        Call call;
        call.connection = number_;
        call.text = *statement.sql;
        call.rows = rows;
        for (const auto& param : params) call.params.push_back(to_owned(param));
        return call;
    }
    static std::shared_ptr<const std::vector<driver::ColumnInfo>> columns_of(const Reply& reply) {
        auto columns = std::make_shared<std::vector<driver::ColumnInfo>>();
        for (std::size_t i = 0; i < reply.columns.size(); ++i)
            columns->emplace_back(reply.columns[i], i < reply.types.size() ? reply.types[i] : Type{});
        return columns;
    }

    std::shared_ptr<Script> script_;
    int number_;
    bool open_ = true;
    bool in_transaction_ = false;
    bool cut_off_ = false;
    bool recovering_ = false;
    bool busy_ = false;
};

ScriptedCursor::~ScriptedCursor() {
    if (open_) connection_->cut_off();
}

asio::awaitable<std::shared_ptr<const RowBuffer>> ScriptedCursor::fetch(std::size_t max_rows) {
    co_await connection_->ask("FETCH " + std::to_string(max_rows));
    if (next_ == reply_.rows.size()) {
        open_ = false;
        co_return nullptr;
    }
    std::vector<std::vector<Value>> rows;
    for (; next_ < reply_.rows.size() && rows.size() < max_rows; ++next_) rows.push_back(reply_.rows[next_]);
    co_return std::make_shared<ValueRows>(std::move(rows), reply_.columns.size());
}

asio::awaitable<void> ScriptedCursor::close() {
    open_ = false;
    co_await connection_->ask("CLOSE CURSOR");
}

class ScriptedDriver final : public driver::Driver {
public:
    explicit ScriptedDriver(std::shared_ptr<Script> script) : script_(std::move(script)) {}

    [[nodiscard]] std::shared_ptr<const Dialect> dialect(const Url&) const override {
        return dialects::sqlite();
    }
    [[nodiscard]] asio::awaitable<std::unique_ptr<driver::Connection>>
    connect(asio::any_io_executor, Url) const override {
        auto connection = std::make_unique<ScriptedConnection>(script_, script_->next_connection());
        co_await connection->ask("CONNECT");
        co_return connection;
    }
    [[nodiscard]] bool single_connection(const Url&) const override { return script_->single_connection; }
    void validate(const Url&) const override {}

private:
    std::shared_ptr<Script> script_;
};

} // namespace

Reply Reply::failing(errc code, std::string message, bool disconnect, bool retryable) {
    DiagnosticInfo info;
    info.code = code;
    info.message = std::move(message);
    info.disconnect = disconnect;
    info.retryable = retryable;
    Reply reply;
    reply.disconnect = disconnect;
    try {
        throw_database_error(std::move(info));
    } catch (...) {
        reply.error = std::current_exception();
    }
    return reply;
}

Reply Reply::table(std::vector<std::string> columns, std::vector<std::vector<Value>> rows) {
    Reply reply;
    reply.columns = std::move(columns);
    reply.rows = std::move(rows);
    return reply;
}

Reply Script::record(Call call) {
    Call copy = call;
    {
        const std::lock_guard lock{mutex_};
        calls_.push_back(std::move(copy));
    }
    return answer ? answer(call) : Reply{};
}

std::vector<Call> Script::calls() const {
    const std::lock_guard lock{mutex_};
    return calls_;
}

std::vector<std::string> Script::log() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> texts;
    for (const auto& call : calls_) {
        if (call.text == "CONNECT") continue;
        texts.push_back(made_ > 1 ? std::to_string(call.connection) + ": " + call.text : call.text);
    }
    return texts;
}

void Script::forget_log() {
    const std::lock_guard lock{mutex_};
    calls_.clear();
}

std::size_t Script::count(const std::string& text) const {
    const std::lock_guard lock{mutex_};
    return static_cast<std::size_t>(std::ranges::count_if(calls_, [&](const Call& call) {
        return call.text == text;
    }));
}

int Script::next_connection() {
    const std::lock_guard lock{mutex_};
    ++alive_;
    return ++made_;
}

void Script::gone() noexcept {
    const std::lock_guard lock{mutex_};
    --alive_;
}

int Script::made() const {
    const std::lock_guard lock{mutex_};
    return made_;
}

int Script::alive() const {
    const std::lock_guard lock{mutex_};
    return alive_;
}

std::shared_ptr<const driver::Driver> make_scripted_driver(std::shared_ptr<Script> script) {
    return std::make_shared<ScriptedDriver>(std::move(script));
}

std::string register_script(std::shared_ptr<Script> script) {
    static std::atomic<int> count{0};
    const auto name = "script" + std::to_string(++count);
    driver::register_driver(name, make_scripted_driver(std::move(script)));
    return name + "://test";
}

Value integer(std::int64_t value) {
    return TypeTraits<std::int64_t>::value(value);
}
Value string(std::string value) {
    return TypeTraits<std::string>::value(value);
}

} // namespace azoth::testing
