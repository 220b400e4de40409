// SPDX-License-Identifier: MIT
// The client library's own OpenSSL, found through the library: there may be others.
#include "driver/mysql/tls_errors.hpp"

#include "driver/mysql/client.hpp"

#include <dlfcn.h>

namespace azoth::mysql {
namespace {

using Clear = void (*)();

Clear find_clear() noexcept {
    Dl_info info{};
    if (dladdr(reinterpret_cast<const void*>(&mysql_get_client_info), &info) == 0)
        return nullptr;
    // Looked up in the library and what it was linked with. Never closed: it is in use as long as
    // we are.
    void* library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (library == nullptr)
        library = dlopen(nullptr, RTLD_LAZY); // linked statically, into the program
    return library != nullptr ? reinterpret_cast<Clear>(dlsym(library, "ERR_clear_error"))
                              : nullptr;
}

} // namespace

void forget_tls_errors() noexcept {
    static const Clear clear = find_clear();
    if (clear != nullptr)
        clear();
}

} // namespace azoth::mysql
