// SPDX-License-Identifier: MIT
// Opening and closing as tasks: both may wait on the disk.
#pragma once

#include <cstddef>

#include "driver/sqlite/database.hpp"
#include "driver/sqlite/task.hpp"

namespace azoth::sqlite {

/// Opens the file and runs the pragmas; goes on where it stopped when a lock was in the way.
class OpenTask final : public Task {
public:
    explicit OpenTask(Database& database) noexcept : database_(database) {}
    Outcome advance(Place place) override;

private:
    void open();
    int run(const std::string& sql, const std::string* expected);
    [[noreturn]] void explain(int code, const std::string& sql);

    Database& database_;
    std::size_t next_pragma_ = 0;
};

class CloseTask final : public Task {
public:
    explicit CloseTask(Database& database) noexcept : database_(database) {}
    Outcome advance(Place place) override;
    [[nodiscard]] bool interruptible() const noexcept override { return false; }

private:
    Database& database_;
};

} // namespace azoth::sqlite
