// SPDX-License-Identifier: AGPL-3.0-or-later
// Load for the benchmark: one epoll thread, a few microseconds a message, so that what is measured is the
// server. Prints one line of JSON for opening the pairs and one for each phase:
//
//   closed:SECONDS       every pair has one message on its way, always
//   open:RATE:SECONDS    messages at random times, RATE a second in all; latency counts from the time a
//                        message was due, so that a server that stalls can't hide it
//   again                every connection is cut and comes back, so many at once as at the opening
//   idle                 stay connected until standard input ends
//
// It talks to 127.0.0.1 only, and ends by itself: every number has a limit, and an alarm ends the rest.

#include <sys/prctl.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "pairs.hpp"

namespace load {
namespace {

constexpr unsigned AT_ONCE = 32;  // pairs that are being opened
constexpr Nanoseconds SECOND = 1'000'000'000;
constexpr Nanoseconds PATIENCE = 3 * SECOND;
constexpr unsigned LONGEST = 180;  // seconds this process may live

struct Options {
    bool floor = false;
    bool arrive = false;  // help-seekers alone, where desks are open already
    std::size_t pairs = 1;
    std::size_t first = 0;  // tokens and rooms below this number are in use by another generator
    Setting setting;
    std::vector<std::string> tokens;
    std::map<std::string, std::vector<int>> processes;
    std::vector<std::string> phases;
};

std::vector<std::string> split(const std::string& whole, char at) {
    std::vector<std::string> parts;
    std::istringstream stream(whole);
    for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
    return parts;
}

double number(const std::string& text, double most) {
    const double value = std::atof(text.c_str());
    if (!(value > 0 && value <= most)) fail(text + " is out of bounds");
    return value;
}

Options parse(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string name = arguments[i];
        if (name.rfind("--", 0) != 0) {
            options.phases.push_back(name);
            continue;
        }
        if (name == "--floor") { options.floor = true; continue; }
        if (name == "--apart") { options.setting.apart = true; continue; }
        if (name == "--only-join") { options.setting.only_join = true; continue; }
        if (name == "--arrive") { options.arrive = options.setting.only_join = true; continue; }
        if (++i == count) fail(name + " needs a value");
        const std::string value = arguments[i];
        if (name == "--port") options.setting.port = std::uint16_t(number(value, 65535));
        else if (name == "--pairs") options.pairs = std::size_t(number(value, 5000));
        else if (name == "--first") options.first = std::size_t(number(value, 5000));
        else if (name == "--took-every") options.setting.took_every = unsigned(number(value, 100));
        else if (name == "--floor-size") options.setting.floor_size = std::size_t(number(value, 4096));
        else if (name == "--tokens") {
            std::ifstream file(value);
            for (std::string line; std::getline(file, line);) options.tokens.push_back(line);
        } else if (name == "--cpu") {  // name:pid,pid
            const auto parts = split(value, ':');
            for (const auto& pid : split(parts.at(1), ',')) options.processes[parts[0]].push_back(std::stoi(pid));
        } else {
            fail(name + " is not an option");
        }
    }
    if (!options.floor && !options.arrive && options.tokens.size() < options.first + options.pairs) fail("too few tokens");
    return options;
}

// CPU time of processes, in nanoseconds, as the scheduler counts it.
Nanoseconds cpu_of(const std::vector<int>& pids) {
    Nanoseconds sum = 0;
    for (const int pid : pids) {
        std::error_code gone;
        for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
            std::ifstream file(task.path() / "schedstat");
            Nanoseconds spent = 0;
            if (file >> spent) sum += spent;
        }
    }
    return sum;
}

double percentile(const std::vector<Nanoseconds>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto place = std::size_t(std::ceil(share * double(sorted.size())));
    return double(sorted[std::min(place == 0 ? 0 : place - 1, sorted.size() - 1)]) / 1000;
}

class Generator final : public Watcher {
   public:
    explicit Generator(Options options) : options_(std::move(options)) {
        options_.setting.epoll = epoll_create1(0);
        for (std::size_t i = 0; i < options_.pairs; ++i) {
            const std::size_t place = options_.first + i;
            if (options_.floor) pairs_.push_back(std::make_unique<FloorPair>(options_.setting, *this, place));
            else if (options_.arrive) pairs_.push_back(std::make_unique<Arrival>(options_.setting, *this));
            else pairs_.push_back(std::make_unique<Conversation>(options_.setting, *this, options_.tokens[place]));
        }
        latencies_.reserve(1 << 21);
    }

    void run() {
        open();
        for (const auto& phase : options_.phases) {
            const auto parts = split(phase, ':');
            if (parts[0] == "closed") closed_loop(number(parts.at(1), 30));
            else if (parts[0] == "open") open_loop(number(parts.at(1), 100'000), number(parts.at(2), 30));
            else if (parts[0] == "again") again();
            else if (parts[0] == "idle") idle();
            else fail(phase + " is not a phase");
        }
        for (auto& pair : pairs_) pair->leave();
        wait(PATIENCE, [&] { return std::all_of(pairs_.begin(), pairs_.end(), [](auto& p) { return p->left(); }); });
    }

   private:
    enum class Mode { QUIET, PING_PONG, TIMED };

    // --- Watcher ---

    void ready() override {
        ++ready_;
        if (begun_ < pairs_.size()) begin(*pairs_[begun_++]);
    }

    void stored(std::uint32_t envelopes) override { stored_ += envelopes; }

    void delivered(Pair& pair, Side to, Nanoseconds intended) override {
        ++delivered_;
        if (intended >= from_ && (mode_ == Mode::TIMED ? intended < until_ : mode_ == Mode::PING_PONG))
            latencies_.push_back(now() - intended);
        if (mode_ == Mode::PING_PONG) say(pair, to, now());
    }

    // --- phases ---

    void open() { join("opening"); }

    void again() {
        coming_back_ = true;
        join("again");
    }

    void join(const char* phase) {
        begun_ = ready_ = 0;
        const auto before = cpu();
        const Nanoseconds start = now();
        while (begun_ < std::min<std::size_t>(AT_ONCE, pairs_.size())) begin(*pairs_[begun_++]);
        wait(60 * SECOND, [&] { return ready_ == pairs_.size(); });
        if (ready_ < pairs_.size()) fail("only " + std::to_string(ready_) + " pairs came to talk");
        const double seconds = double(now() - start) / SECOND;
        std::size_t connections = 0;
        for (const auto& pair : pairs_) connections += pair->connections();
        std::printf("{\"phase\":\"%s\",\"connections\":%zu,\"seconds\":%.4f", phase, connections, seconds);
        print_cpu(before, cpu());
        latencies_.clear();
        settle();
    }

    void begin(Pair& pair) {
        if (coming_back_) pair.come_back();
        else pair.begin();
    }

    void closed_loop(double seconds) {
        constexpr Nanoseconds WARM = SECOND * 3 / 10;
        mode_ = Mode::PING_PONG;
        from_ = until_ = ~Nanoseconds{0};
        const Nanoseconds start = now();
        for (std::size_t i = 0; i < pairs_.size(); ++i) {  // spread out: else all would stay in step
            turn(start + WARM * i / (2 * pairs_.size()));
            say(*pairs_[i], Side(i & 1), now());
        }
        turn(start + WARM);
        const auto before = cpu();
        from_ = now();
        const std::uint64_t first = delivered_;
        turn(from_ + Nanoseconds(seconds * SECOND));
        const double measured = double(now() - from_) / SECOND;
        const auto after = cpu();
        const std::uint64_t messages = delivered_ - first;
        mode_ = Mode::QUIET;
        settle();
        report("closed", messages, measured, 0, before, after);
    }

    void open_loop(double rate, double seconds) {
        std::mt19937_64 random{std::random_device{}()};
        std::exponential_distribution<double> gap(rate / double(SECOND));
        const Nanoseconds warm = SECOND / 2;
        mode_ = Mode::TIMED;
        from_ = now() + warm;
        until_ = from_ + Nanoseconds(seconds * SECOND);
        auto due = double(from_ - warm);
        std::uint64_t scheduled = 0;
        auto before = cpu();
        for (bool warming = true; due < double(until_); due += gap(random)) {
            if (warming && due >= double(from_)) {
                turn(from_);
                before = cpu();
                warming = false;
            }
            turn(Nanoseconds(due));
            say(*pairs_[random() % pairs_.size()], Side(random() & 1), Nanoseconds(due));
            scheduled += due >= double(from_);
        }
        turn(until_);
        const auto after = cpu();
        settle();
        mode_ = Mode::QUIET;
        report("open", scheduled, seconds, rate, before, after);
    }

    void idle() {
        std::puts("{\"phase\":\"idle\"}");
        std::fflush(stdout);
        epoll_event end{};
        end.events = EPOLLIN;
        end.data.ptr = nullptr;
        epoll_ctl(options_.setting.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &end);
        wait(LONGEST * SECOND, [&] { return input_ended_; });
    }

    // Everything that was sent has come and is stored; what has not by then counts as lost.
    void settle() {
        wait(PATIENCE, [&] { return delivered_ >= said_ && (options_.floor || stored_ >= said_ + opening()); });
    }

    // In a conversation's opening each side stores one envelope that is not counted as said.
    std::uint64_t opening() const { return options_.setting.only_join ? 0 : 2 * pairs_.size(); }

    // --- the loop ---

    void say(Pair& pair, Side from, Nanoseconds intended) {
        ++said_;
        pair.say(from, intended);
    }

    // Handle what happens until this time; at least once.
    void turn(Nanoseconds until) {
        do {
            const Nanoseconds at = now();
            poll(until > at ? until - at : 0);
        } while (now() < until);
    }

    template <typename Done>
    void wait(Nanoseconds patience, Done done) {
        const Nanoseconds until = now() + patience;
        while (!done() && now() < until) poll(SECOND / 100);
    }

    void poll(Nanoseconds wait) {
        epoll_event events[256];
        const timespec most{time_t(wait / SECOND), long(wait % SECOND)};
        const int count = epoll_pwait2(options_.setting.epoll, events, 256, &most, nullptr);
        for (int i = 0; i < count; ++i) {
            if (events[i].data.ptr == nullptr) input_ended_ = true;
            else static_cast<WebSocket*>(events[i].data.ptr)->ready(events[i].events);
        }
    }

    // --- reports ---

    std::map<std::string, Nanoseconds> cpu() const {
        std::map<std::string, Nanoseconds> spent;
        for (const auto& [name, pids] : options_.processes) spent[name] = cpu_of(pids);
        spent["generator"] = cpu_of({getpid()});
        return spent;
    }

    static void print_cpu(std::map<std::string, Nanoseconds> before, const std::map<std::string, Nanoseconds>& after) {
        for (const auto& [name, spent] : after)
            std::printf(",\"cpu_%s\":%.6f", name.c_str(), double(spent - before[name]) / SECOND);
        std::puts("}");
        std::fflush(stdout);
    }

    void report(const char* phase, std::uint64_t messages, double seconds, double rate,
                const std::map<std::string, Nanoseconds>& before, const std::map<std::string, Nanoseconds>& after) {
        std::sort(latencies_.begin(), latencies_.end());
        const std::uint64_t unstored = options_.floor ? 0 : said_ + opening() - stored_;
        std::printf("{\"phase\":\"%s\",\"messages\":%lu,\"seconds\":%.4f,\"rate\":%.0f,\"undelivered\":%lu,"
                    "\"unstored\":%lu,\"p50\":%.1f,\"p99\":%.1f",
                    phase, messages, seconds, rate, said_ - delivered_, unstored, percentile(latencies_, 0.5),
                    percentile(latencies_, 0.99));
        print_cpu(before, after);
        latencies_.clear();
    }

    Options options_;
    std::vector<std::unique_ptr<Pair>> pairs_;
    std::vector<Nanoseconds> latencies_;
    std::size_t begun_ = 0, ready_ = 0;
    std::uint64_t said_ = 0, delivered_ = 0, stored_ = 0;
    Mode mode_ = Mode::QUIET;
    Nanoseconds from_ = 0, until_ = 0;
    bool input_ended_ = false, coming_back_ = false;
};

}  // namespace
}  // namespace load

int main(int count, char** arguments) {
    alarm(load::LONGEST);
    prctl(PR_SET_TIMERSLACK, 1);  // messages leave when they are due, not 50 microseconds later
    try {
        load::Generator(load::parse(count, arguments)).run();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
