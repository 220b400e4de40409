// SPDX-License-Identifier: MIT
// Statements sent as text, without preparing: what has no parameters and is run once.
#include "driver/mysql/connection.hpp"

#include <utility>

namespace azoth::mysql {

void Connection::start_query(std::string_view sql) {
    text_.assign(sql);
    call_.begin<mysql_real_query_start, mysql_real_query_cont>(
        handle_.get(),
        text_.data(),
        static_cast<unsigned long>(text_.size())
    );
}

asio::awaitable<void> Connection::finish_query() {
    if (call_.pending())
        co_await finish_call();
    if (call_.result() != 0)
        fail(text_);
    status_is_stale_ = false;
}

asio::awaitable<void> Connection::query_and_discard(std::string_view sql) {
    start_query(sql);
    co_await finish_query();
    if (!is_idle())
        co_await discard_text_results();
}

asio::awaitable<void> Connection::discard_text_results() {
    for (;;) {
        if (handle_->status == MYSQL_STATUS_GET_RESULT)
            text_result_ = mysql_use_result(handle_.get());
        if (text_result_ != nullptr) {
            // Reads what is left first. From here on the object is the call's to free.
            call_.begin<mysql_free_result_start, mysql_free_result_cont>(
                std::exchange(text_result_, nullptr)
            );
            if (call_.pending())
                co_await finish_call();
        }
        if (!mysql_more_results(handle_.get()))
            co_return;
        call_.begin<mysql_next_result_start, mysql_next_result_cont>(handle_.get());
        if (call_.pending())
            co_await finish_call();
        if (call_.result() > 0)
            fail(text_);
    }
}

asio::awaitable<driver::Result> Connection::execute_text(const std::string& sql) {
    start_query(sql);
    co_await finish_query();
    driver::Result result;
    if (handle_->status != MYSQL_STATUS_GET_RESULT) {
        result.affected = static_cast<std::int64_t>(mysql_affected_rows(handle_.get()));
        result.last_insert_id = static_cast<std::int64_t>(mysql_insert_id(handle_.get()));
        if (!is_idle())
            co_await discard_text_results();
        co_return result;
    }
    text_result_ = mysql_use_result(handle_.get());
    if (text_result_ == nullptr)
        fail(sql);

    const std::size_t count = mysql_num_fields(text_result_);
    const MYSQL_FIELD* const fields = mysql_fetch_fields(text_result_);
    auto rows = std::make_shared<driver::PackedRows>(count);
    result.columns =
        std::make_shared<const std::vector<driver::ColumnInfo>>(read_columns(fields, count));
    std::vector<Coding> codings;
    for (std::size_t i = 0; i < count; ++i)
        codings.push_back(coding_of(fields[i]));
    for (;;) {
        call_.begin<mysql_fetch_row_start, mysql_fetch_row_cont>(text_result_);
        if (call_.pending())
            co_await finish_call();
        char** const row = call_.pointer<char*>();
        if (row == nullptr)
            break;
        const unsigned long* const lengths = mysql_fetch_lengths(text_result_);
        for (std::size_t i = 0; i < count; ++i) {
            if (row[i] == nullptr)
                rows->add_null();
            else
                decode_text(codings[i], std::string_view{row[i], lengths[i]}, *rows);
        }
        rows->finish_row();
    }
    const bool failed = mysql_errno(handle_.get()) != 0;
    if (failed) {
        mysql_free_result(std::exchange(text_result_, nullptr)
        ); // its rows have ended: only memory is freed
        fail(sql);
    }
    result.rows = std::move(rows);
    co_await discard_text_results();
    co_return result;
}

} // namespace azoth::mysql
