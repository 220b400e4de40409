// SPDX-License-Identifier: MIT
// main() of a fuzzer where there is no libFuzzer: a few thousand inputs made of its seeds, the same every time.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
    std::vector<std::string> seeds{""};
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator{argv[i]}) {
            std::ifstream file{entry.path(), std::ios::binary};
            seeds.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
        }
    }
    std::ranges::sort(seeds);
    std::mt19937 random{1};
    const auto below = [&random](std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random); };
    std::size_t count = 0;
    const auto feed = [&count](const std::string& input) {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
        ++count;
    };
    for (const auto& seed : seeds) feed(seed);
    for (int round = 0; round < 20'000; ++round) {
        std::string input = seeds[below(seeds.size())];
        for (std::size_t change = below(4); change > 0; --change) {
            const auto at = below(input.size() + 1);
            const auto byte = static_cast<char>(below(256));
            switch (below(4)) {
            case 0: input.insert(at, 1, byte); break;
            case 1: input.erase(at, 1 + below(3)); break;
            case 2:
                if (at < input.size()) input[at] = byte;
                break;
            default: {
                const auto& other = seeds[below(seeds.size())];
                const auto from = below(other.size() + 1);
                input.insert(at, other.substr(from, below(other.size() + 1)));
            }
            }
        }
        feed(input);
    }
    std::cout << count << " inputs\n";
    return 0;
}
