// SPDX-License-Identifier: MIT
// The SQLite driver, over sqlite3 (3.37 or later).
#pragma once

#include <memory>

#include <azoth/driver/driver.hpp>

namespace azoth::sqlite {

/// A driver for `sqlite:///file.db`, `sqlite:////folder/file.db`, and `sqlite://` or `sqlite:///:memory:`.
///
/// Options of the URL:
/// - `mode`: ro, rw, rwc (create the file when there is none, the default), memory; `cache=shared` lets
///   connections to a
///   memory database of the same name (`sqlite:///name?mode=memory&cache=shared`) see the same data.
/// - `execution`: auto (the default) runs what is short and does not wait on the disk on the caller's thread,
///   all else on
///   the connection's worker thread; worker and inline force one of the two.
/// - `busy_timeout`: milliseconds to wait for another connection's lock (5000); waited for with a timer.
/// - `statement_cache_size`: prepared statements to keep (128; 0 keeps none).
/// - pragmas: `foreign_keys` (on unless said otherwise), `journal_mode`, `synchronous`, `cache_size`,
///   `temp_store`,
///   `mmap_size`, `wal_autocheckpoint`, `locking_mode`, `recursive_triggers`, `page_size`, `auto_vacuum`.
[[nodiscard]] std::shared_ptr<const driver::Driver> make_driver();

} // namespace azoth::sqlite
