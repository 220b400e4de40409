// SPDX-License-Identifier: MIT
// Where the values of a row go: straight from the network buffer into packed rows.
#pragma once

#include "driver/mysql/binding.hpp"
#include "driver/mysql/decode.hpp"
#include "driver/packed_rows.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace azoth::mysql {

/// The user data of a statement's callbacks. Result columns go through STMT_ATTR_CB_RESULT, which
/// spares the copy into bound buffers, their sizes, and the second look at values that did not fit.
/// The callbacks run on the client library's own stack, where an exception cannot be thrown through
/// C: it is kept, and thrown by `rethrow()`.
class RowSink {
public:
    /// Values of `statement` go to `rows` from now on.
    void deliver(
        MYSQL_STMT* statement,
        const BinaryDecoder* decoders,
        std::shared_ptr<driver::PackedRows> rows
    ) {
        decoders_ = decoders;
        rows_ = std::move(rows);
        failure_ = nullptr; // of a reading that was cut off
        mysql_stmt_attr_set(statement, STMT_ATTR_CB_USER_DATA, this);
        mysql_stmt_attr_set(
            statement,
            STMT_ATTR_CB_RESULT,
            reinterpret_cast<const void*>(&RowSink::column)
        );
    }

    /// Values of `statement` are skipped from now on.
    void discard(MYSQL_STMT* statement) {
        rows_.reset();
        mysql_stmt_attr_set(statement, STMT_ATTR_CB_RESULT, nullptr);
    }

    /// Rows of parameters come from `binder`, `rows` of them in one request.
    void supply(MYSQL_STMT* statement, BulkBinder* binder, unsigned int rows) {
        binder_ = binder;
        mysql_stmt_attr_set(statement, STMT_ATTR_CB_USER_DATA, this);
        mysql_stmt_attr_set(
            statement,
            STMT_ATTR_CB_PARAM,
            reinterpret_cast<const void*>(&RowSink::parameters)
        );
        mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &rows);
    }

    /// Back to one row of parameters, bound as usual.
    void stop_supplying(MYSQL_STMT* statement) {
        const unsigned int none = 0;
        binder_ = nullptr;
        mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &none);
        mysql_stmt_attr_set(statement, STMT_ATTR_CB_PARAM, nullptr);
    }

    void release() noexcept { rows_.reset(); }

    void rethrow() {
        if (failure_) [[unlikely]]
            std::rethrow_exception(std::exchange(failure_, nullptr));
    }

private:
    static void column(void* user_data, unsigned int index, unsigned char** data) noexcept {
        auto& sink = *static_cast<RowSink*>(user_data);
        if (sink.failure_) [[unlikely]]
            return; // where the rest of this row's values begin is not known any more
        try {
            if (data == nullptr)
                return sink.rows_->add_null();
            const unsigned char* position = *data;
            sink.decoders_[index](position, *sink.rows_);
            *data += position - *data;
        } catch (...) {
            sink.failure_ = std::current_exception();
        }
    }

    static my_bool parameters(void* user_data, MYSQL_BIND* binds, unsigned int row) noexcept {
        return static_cast<RowSink*>(user_data)->binder_->fill(binds, row) ? 0 : 1;
    }

    const BinaryDecoder* decoders_ = nullptr;
    std::shared_ptr<driver::PackedRows> rows_;
    BulkBinder* binder_ = nullptr;
    std::exception_ptr failure_;
};

} // namespace azoth::mysql
