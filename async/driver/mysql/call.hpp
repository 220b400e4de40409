// SPDX-License-Identifier: MIT
// One call of the client library, which may be suspended between `_start` and `_cont`.
#pragma once

#include "driver/mysql/client.hpp"
#include "driver/mysql/tls_errors.hpp"

#include <cstdint>

namespace azoth::mysql {

/// The call that a connection is in. `begin<X_start, X_cont>(handle, args...)` runs it as far as it
/// goes without waiting; while `pending()`, wait for `wants()` and `resume()`. A pending call
/// cannot be forgotten: the library keeps its stack, so it must be resumed to its end, if need be
/// after the socket was shut down. Pointers among the arguments must live until then.
class Call {
public:
    explicit Call(bool over_tls) noexcept : over_tls_(over_tls) {}

    template <auto start, auto cont, class Handle, class... Args>
    void begin(Handle* handle, Args... args) {
        if (over_tls_)
            forget_tls_errors();
        handle_ = handle;
        start_with<start, cont>(cont, handle, args...);
    }

    [[nodiscard]] bool pending() const noexcept { return wants_ != 0; }
    /// MYSQL_WAIT_READ, _WRITE, and _TIMEOUT where the library has one set.
    [[nodiscard]] int wants() const noexcept { return wants_; }
    void resume(int happened) {
        if (over_tls_)
            forget_tls_errors();
        wants_ = resume_(*this, happened);
    }
    /// What the call returned. @pre !pending()
    [[nodiscard]] int result() const noexcept { return static_cast<int>(value_); }
    template <class T>
    [[nodiscard]] T* pointer() const noexcept {
        return reinterpret_cast<T*>(value_);
    }

private:
    template <auto start, auto cont, class Result, class Handle, class... Args>
    void start_with(int (*)(Result*, Handle*, int), Handle* handle, Args... args) {
        resume_ = [](Call& call, int happened) {
            Result result{};
            const int wants = cont(&result, static_cast<Handle*>(call.handle_), happened);
            if (wants == 0)
                call.store(result);
            return wants;
        };
        Result result{};
        wants_ = start(&result, handle, args...);
        if (wants_ == 0)
            store(result);
    }

    // The few calls that return nothing: mysql_close, mysql_free_result.
    template <auto start, auto cont, class Handle>
    void start_with(int (*)(Handle*, int), Handle* handle) {
        resume_ = [](Call& call, int happened) {
            return cont(static_cast<Handle*>(call.handle_), happened);
        };
        value_ = 0;
        wants_ = start(handle);
    }

    void store(int value) noexcept { value_ = value; }
    void store(my_bool value) noexcept { value_ = value; }
    template <class T>
    void store(T* value) noexcept {
        value_ = reinterpret_cast<std::intptr_t>(value);
    }

    void* handle_ = nullptr;
    int (*resume_)(Call&, int) = nullptr;
    int wants_ = 0;
    bool over_tls_;
    std::intptr_t value_ = 0;
};

} // namespace azoth::mysql
