// SPDX-License-Identifier: MIT
// Connection::finish_pipeline, for the sources that send pipelines.
#pragma once

#include "driver/postgresql/connection.hpp"
#include "driver/postgresql/error.hpp"

namespace azoth::postgresql {

template <class Take>
asio::awaitable<void> Connection::finish_pipeline(Take& take, const std::string& sql) {
    for (Step step = pipeline_.advance(take); step != Step::done; step = pipeline_.advance(take)) {
        Progress progress = Progress::made;
        // libpq cannot end a COPY whose sync has been sent already.
        if (step == Step::copy) {
            channel_.close();
            throw_copy_refused(sql);
        }
        if (step == Step::lost) progress = Progress::lost;
        else if (PQflush(channel_.get()) == 1) progress = co_await channel_.wait_either();
        else progress = co_await channel_.wait_input(no_deadline);
        if (progress == Progress::lost) channel_.throw_lost(take.failure.get(), sql);
    }
    if (!pipeline_.leave()) channel_.throw_lost(nullptr, sql);
    settled();
}

} // namespace azoth::postgresql
