// SPDX-License-Identifier: AGPL-3.0-or-later
// Two sides that talk: over Kentering's protocol (docs/protocol.md), and over the floor, which passes
// bytes on. What would be sealed is filler: no server looks into it.

#pragma once

#include <array>
#include <random>

#include "websocket.hpp"

namespace load {

constexpr std::size_t ENVELOPE = 1063;
constexpr std::size_t SEALED = 11;  // where the sealed part begins: 8 bytes of it are our clock
constexpr std::size_t PUT = ENVELOPE + 5;

enum Side { PERSON = 0, DESK = 1 };

class Watcher {
   public:
    virtual void ready() = 0;
    virtual void delivered(class Pair& pair, Side to, Nanoseconds intended) = 0;
    virtual void stored(std::uint32_t envelopes) = 0;

   protected:
    ~Watcher() = default;
};

struct Setting {
    int epoll = -1;
    std::uint16_t port = 0;
    bool apart = false;        // the two sides on different workers
    bool only_join = false;    // connect and be welcomed; no conversation
    unsigned took_every = 1;   // envelopes between two receipts
    std::size_t floor_size = PUT;
};

class Pair {
   public:
    virtual ~Pair() = default;
    virtual std::size_t connections() const { return 2; }
    virtual void begin() = 0;
    virtual void come_back() { fail("nothing here comes back"); }
    virtual void say(Side from, Nanoseconds intended) = 0;
    virtual void leave() = 0;
    virtual bool left() const = 0;
};

inline void put_u32(std::uint8_t* p, std::uint32_t value) {
    for (int i = 0; i < 4; ++i) p[i] = std::uint8_t(value >> (24 - 8 * i));
}

inline std::uint32_t get_u32(const std::uint8_t* p) {
    return std::uint32_t(p[0]) << 24 | std::uint32_t(p[1]) << 16 | std::uint32_t(p[2]) << 8 | p[3];
}

// --- the floor ---

class FloorPair final : public Pair {
   public:
    FloorPair(const Setting& setting, Watcher& watcher, std::size_t number)
        : setting_(setting), watcher_(watcher), message_(setting.floor_size, 0x5A) {
        headers_ = "GET /" + std::to_string(number) + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(setting.port) +
                   "\r\n";
    }
    void begin() override { sides_[0].connect(setting_.epoll, setting_.port, headers_); }
    void come_back() override {
        for (auto& side : sides_) side.disconnect();
        begin();
    }
    void say(Side from, Nanoseconds intended) override {
        std::memcpy(message_.data() + SEALED, &intended, sizeof intended);
        sides_[from].send(message_);
    }
    void leave() override {
        for (auto& side : sides_) side.say_goodbye();
    }
    bool left() const override { return true; }

   private:
    class End final : public WebSocket {
       public:
        End(FloorPair& pair, Side side) : pair_(pair), side_(side) {}

       private:
        void opened() override {}
        void received(const std::uint8_t* data, std::size_t size) override { pair_.received(side_, data, size); }
        void ended() override { fail("the floor ended a connection"); }
        FloorPair& pair_;
        Side side_;
    };

    void received(Side side, const std::uint8_t* data, std::size_t size) {
        if (size != message_.size()) {  // "joined"
            if (side == PERSON) sides_[1].connect(setting_.epoll, setting_.port, headers_);
            else watcher_.ready();
            return;
        }
        Nanoseconds intended;
        std::memcpy(&intended, data + SEALED, sizeof intended);
        watcher_.delivered(*this, side, intended);
    }

    const Setting& setting_;
    Watcher& watcher_;
    std::string headers_;
    Bytes message_;
    std::array<End, 2> sides_{End{*this, PERSON}, End{*this, DESK}};
};

// --- Kentering ---

// The few shapes of MessagePack that the frames need.
class Packed {
   public:
    Packed(std::uint8_t fields, std::uint8_t tag) { bytes_ = {std::uint8_t(0x91 + fields), tag}; }
    Packed& small(std::uint8_t value) { return byte(value); }  // to 127; 0xC2 and 0xC3 are false and true
    Packed& list(std::uint8_t size) { return byte(std::uint8_t(0x90 | size)); }
    Packed& u32(std::uint32_t value) {
        byte(0xCE);
        bytes_.resize(bytes_.size() + 4);
        put_u32(bytes_.data() + bytes_.size() - 4, value);
        return *this;
    }
    Packed& bin(const std::uint8_t* data, std::size_t size) {
        if (size < 256) byte(0xC4).byte(std::uint8_t(size));
        else byte(0xC5).byte(std::uint8_t(size >> 8)).byte(std::uint8_t(size));
        bytes_.insert(bytes_.end(), data, data + size);
        return *this;
    }
    Packed& bin(const Bytes& data) { return bin(data.data(), data.size()); }
    Packed& text(const std::string& s) {
        byte(std::uint8_t(0xA0 | s.size()));
        bytes_.insert(bytes_.end(), s.begin(), s.end());
        return *this;
    }
    const Bytes& bytes() const { return bytes_; }

   private:
    Packed& byte(std::uint8_t value) {
        bytes_.push_back(value);
        return *this;
    }
    Bytes bytes_;
};

enum Tag : std::uint8_t {
    START = 1, ATTACH = 2, PUT_ = 3, TOOK = 4, HELLO = 5, LEAVE = 7,
    OPEN_DESK = 32, TAKE = 33, DESK_OFFER = 34, DESK_REPLY = 35, DESK_PUT = 36, DESK_TOOK = 37, SET_DUTY = 40,
    WELCOME = 64, OFFERED = 66, DELIVERY = 68, STORED = 69, CLOSED = 71, REFUSED = 72, BACK_TO_WAITING = 73,
    DESK_WELCOME = 96, TAKEN = 98, DESK_HELLO = 100, DESK_DELIVERY = 102, DESK_STORED = 103, DESK_CLOSED = 105,
    DESK_REFUSED = 106, DUTY = 107,
};

constexpr std::uint8_t TRUE = 0xC3;
constexpr std::uint8_t CLOSED_INTAKE = 14;
constexpr std::uint8_t ON_DUTY = 1;
constexpr std::uint32_t EPOCH = 1;
constexpr unsigned MOST_TRIES = 200;  // starts until one is on the other worker

class Conversation final : public Pair {
   public:
    Conversation(const Setting& setting, Watcher& watcher, const std::string& token)
        : setting_(setting), watcher_(watcher) {
        const std::string port = std::to_string(setting.port);
        const std::string start = "GET /socket HTTP/1.1\r\nHost: ";
        headers_[PERSON] = start + "127.0.0.1:" + port + "\r\nOrigin: http://127.0.0.1:" + port + "\r\n";
        headers_[DESK] = start + "localhost:" + port + "\r\nOrigin: http://localhost:" + port +
                         "\r\nCookie: kentering_desk=" + token + "\r\n";
    }

    void begin() override { connect(DESK); }

    void say(Side from, Nanoseconds intended) override {
        Bytes& frame = puts_[from];
        std::uint8_t* envelope = frame.data() + frame.size() - ENVELOPE;
        put_u32(envelope + 7, next_[from]++);
        std::memcpy(envelope + SEALED, &intended, sizeof intended);
        sides_[from].send(frame);
    }

    void leave() override { sides_[PERSON].send(Packed(0, LEAVE).bytes()); }
    bool left() const override { return left_; }

   private:
    class End final : public WebSocket {
       public:
        End(Conversation& talk, Side side) : talk_(talk), side_(side) {}

       private:
        void opened() override { talk_.opened(side_); }
        void received(const std::uint8_t* data, std::size_t size) override { talk_.received(side_, data, size); }
        void ended() override {
            if (!talk_.left_) fail("the server ended a connection");
        }
        Conversation& talk_;
        Side side_;
    };

    void connect(Side side) { sides_[side].connect(setting_.epoll, setting_.port, headers_[side]); }

    void opened(Side side) {
        if (side == DESK) {
            sides_[DESK].send(Packed(2, OPEN_DESK).small(1).small(TRUE).bytes());
            return;
        }
        static std::mt19937_64 random{std::random_device{}()};
        for (auto& byte : sid_) byte = std::uint8_t(random());
        start();
    }

    void start() {
        if (++tries_ > MOST_TRIES) fail("no connection comes to the other worker, or intake stays closed");
        sides_[PERSON].send(
            Packed(7, START).small(1).bin(sid_).bin(Bytes(32, 1)).bin(Bytes(32, 2)).text("en").small(0).small(1)
                .bytes());
    }

    void received(Side side, const std::uint8_t* data, std::size_t size) {
        if (size < 2) fail("too short a frame");
        switch (data[1]) {
            case DELIVERY:
            case DESK_DELIVERY: delivered(side, data, size); break;
            case STORED:
            case DESK_STORED: stored(side, data, size); break;
            case DESK_WELCOME:
                worker_ = worker(data, size);
                sides_[DESK].send(Packed(2, SET_DUTY).small(ON_DUTY).list(1).text("en").bytes());
                break;
            case DUTY:
                if (data[2] == ON_DUTY && !on_duty_) {
                    on_duty_ = true;
                    connect(PERSON);
                }
                break;
            case WELCOME: welcomed(worker(data, size)); break;
            case TAKEN: offer(); break;
            case OFFERED: sides_[PERSON].send(Packed(3, HELLO).small(0).small(1).bin(Bytes(2384)).bytes()); break;
            case DESK_HELLO: reply(); break;
            case CLOSED:
                if (!misplaced_) {
                    left_ = true;
                    break;
                }
                misplaced_ = false;
                sides_[PERSON].disconnect();
                connect(PERSON);
                break;
            case REFUSED:
                if (data[2] != CLOSED_INTAKE) fail("refused with code " + std::to_string(data[2]));
                start();  // the other worker has not heard yet that a desk is open
                break;
            case DESK_REFUSED: fail("refused with code " + std::to_string(data[2]));
            case BACK_TO_WAITING: fail("a conversation went back to the waiting room");
            default: break;  // positions, presence, the waiting room
        }
    }

    static std::string worker(const std::uint8_t* data, std::size_t size) {
        const std::size_t length = data[3] & 31;
        if (size < 4 + length) fail("a welcome that is cut off");
        return {reinterpret_cast<const char*>(data) + 4, length};
    }

    void welcomed(const std::string& worker) {
        if (setting_.apart && worker == worker_) {
            misplaced_ = true;
            leave();
        } else if (setting_.only_join) {
            watcher_.ready();
        } else {
            puts_[PERSON] = Packed(1, PUT_).bin(envelope(0)).bytes();
            puts_[DESK] = Packed(2, DESK_PUT).bin(sid_).bin(envelope(1)).bytes();
            sides_[DESK].send(Packed(2, TAKE).bin(sid_).bin(Bytes(32, 3)).bytes());
        }
    }

    static Bytes envelope(std::uint8_t direction) {
        Bytes bytes(ENVELOPE, 0x5A);
        bytes[0] = 1;
        bytes[1] = 0;
        bytes[2] = direction;
        put_u32(bytes.data() + 3, EPOCH);
        put_u32(bytes.data() + 7, 0);
        return bytes;
    }

    void offer() {
        Bytes signed_part(1336);
        const std::array<std::uint8_t, 4> head{1, 1, 1, 0};
        std::copy(head.begin(), head.end(), signed_part.begin());
        std::copy(sid_.begin(), sid_.end(), signed_part.begin() + 4);
        put_u32(signed_part.data() + 20, EPOCH);
        const Bytes certificate(160);
        const Packed frame =
            Packed(5, DESK_OFFER).bin(sid_).small(0).bin(signed_part).bin(certificate).bin(certificate);
        sides_[DESK].send(frame.bytes());
    }

    void reply() {
        const Packed frame = Packed(4, DESK_REPLY).bin(sid_).small(0).bin(Bytes(1168)).bin(envelope(1));
        sides_[DESK].send(frame.bytes());
        next_[DESK] = 1;
    }

    void delivered(Side to, const std::uint8_t* data, std::size_t size) {
        if (size < ENVELOPE) fail("an envelope that is cut off");
        const std::uint8_t* envelope = data + size - ENVELOPE;
        const std::uint32_t n = get_u32(envelope + 7);
        if (n != expected_[to]++) fail("an envelope out of order");
        if (n == 0 || (n + 1) % setting_.took_every == 0) took(to, n);
        if (n > 0) {
            Nanoseconds intended;
            std::memcpy(&intended, envelope + SEALED, sizeof intended);
            watcher_.delivered(*this, to, intended);
        } else if (to == PERSON) {
            say(PERSON, 0);  // `ready` came: the other lane begins
        } else {
            watcher_.ready();
        }
    }

    // Everything up to this number is stored: one such frame may speak for several envelopes.
    void stored(Side side, const std::uint8_t* data, std::size_t size) {
        const std::size_t at = side == PERSON ? 4 : 22;  // behind tag, sid, slot and epoch
        if (size <= at) fail("a frame that is cut off");
        const std::size_t width = data[at] < 0x80 ? 0 : std::size_t(1) << (data[at] - 0xCC);
        if (size != at + 1 + width) fail("a number of a kind nobody here sends");
        std::uint32_t n = width == 0 ? data[at] : 0;
        for (std::size_t i = 1; i <= width; ++i) n = n << 8 | data[at + i];
        watcher_.stored(n + 1 - stored_[side]);
        stored_[side] = n + 1;
    }

    void took(Side side, std::uint32_t n) {
        const Packed frame = side == PERSON ? Packed(3, TOOK).small(0).u32(EPOCH).u32(n)
                                            : Packed(4, DESK_TOOK).bin(sid_).small(0).u32(EPOCH).u32(n);
        sides_[side].send(frame.bytes());
    }

    const Setting& setting_;
    Watcher& watcher_;
    std::array<std::string, 2> headers_;
    std::array<Bytes, 2> puts_;
    std::array<std::uint32_t, 2> next_{}, expected_{}, stored_{};
    Bytes sid_ = Bytes(16);
    std::string worker_;
    unsigned tries_ = 0;
    bool on_duty_ = false, misplaced_ = false, left_ = false;
    std::array<End, 2> sides_{End{*this, PERSON}, End{*this, DESK}};
};

// A help-seeker alone: enters the waiting room, and comes back to it.
class Arrival final : public Pair {
   public:
    Arrival(const Setting& setting, Watcher& watcher) : setting_(setting), watcher_(watcher) {
        const std::string host = "127.0.0.1:" + std::to_string(setting.port);
        headers_ = "GET /socket HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://" + host + "\r\n";
    }
    std::size_t connections() const override { return 1; }
    void begin() override {
        static std::mt19937_64 random{std::random_device{}()};
        for (auto& byte : sid_) byte = std::uint8_t(random());
        end_.connect(setting_.epoll, setting_.port, headers_);
    }
    void come_back() override {
        end_.disconnect();
        coming_back_ = true;
        end_.connect(setting_.epoll, setting_.port, headers_);
    }
    void say(Side, Nanoseconds) override { fail("nobody is there to talk to"); }
    void leave() override { end_.send(Packed(0, LEAVE).bytes()); }
    bool left() const override { return left_; }

   private:
    // What was drawn at random is only sent by a browser; its hash is what a start shows.
    inline static const Bytes TICKET = Bytes(32);
    inline static const Bytes TICKET_HASH = {
        0x66, 0x68, 0x7A, 0xAD, 0xF8, 0x62, 0xBD, 0x77, 0x6C, 0x8F, 0xC1, 0x8B, 0x8E, 0x9F, 0x8E, 0x20,
        0x08, 0x97, 0x14, 0x85, 0x6E, 0xE2, 0x33, 0xB3, 0x90, 0x2A, 0x59, 0x1D, 0x0D, 0x5F, 0x29, 0x25};

    class End final : public WebSocket {
       public:
        explicit End(Arrival& arrival) : arrival_(arrival) {}

       private:
        void opened() override { arrival_.opened(); }
        void received(const std::uint8_t* data, std::size_t size) override { arrival_.received(data, size); }
        void ended() override {
            if (!arrival_.left_) fail("the server ended a connection");
        }
        Arrival& arrival_;
    };

    void opened() {
        if (coming_back_)
            end_.send(Packed(5, ATTACH).small(1).bin(sid_).bin(TICKET).bin(Bytes(32)).small(TRUE).bytes());
        else
            end_.send(Packed(7, START).small(1).bin(sid_).bin(TICKET_HASH).bin(Bytes(32, 2)).text("en").small(0)
                          .small(1).bytes());
    }

    void received(const std::uint8_t* data, std::size_t size) {
        if (size < 2) fail("too short a frame");
        if (data[1] == WELCOME) watcher_.ready();
        else if (data[1] == CLOSED) left_ = true;
        else if (data[1] == REFUSED) fail("refused with code " + std::to_string(data[2]));
    }

    const Setting& setting_;
    Watcher& watcher_;
    std::string headers_;
    Bytes sid_ = Bytes(16);
    bool coming_back_ = false, left_ = false;
    End end_{*this};
};

}  // namespace load
