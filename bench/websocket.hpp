// SPDX-License-Identifier: AGPL-3.0-or-later
// A WebSocket client for load on the loopback interface: one thread, one epoll, no library.
//
// Every message leaves in a write of its own, as from a browser: put together they would be cheaper for
// the server than they ever are.

#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

namespace load {

using Bytes = std::vector<std::uint8_t>;
using Nanoseconds = std::uint64_t;

inline Nanoseconds now() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return Nanoseconds(t.tv_sec) * 1'000'000'000 + Nanoseconds(t.tv_nsec);
}

[[noreturn]] inline void fail(const std::string& why) { throw std::runtime_error(why); }

class WebSocket {
   public:
    WebSocket() = default;
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;
    virtual ~WebSocket() { disconnect(); }

    // Blocks for the TCP handshake only, which on the loopback interface needs nobody but the kernel.
    void connect(int epoll, std::uint16_t port, const std::string& headers) {
        fd_ = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) < 0)
            fail(std::string("connect: ") + std::strerror(errno));
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_ = epoll;
        watch(EPOLL_CTL_ADD, EPOLLIN);
        const std::string request = headers +
                                    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        transmit(reinterpret_cast<const std::uint8_t*>(request.data()), request.size());
    }

    void disconnect() {
        if (fd_ >= 0) close(fd_);
        fd_ = -1;
        ++serial_;
        upgraded_ = false;
        unsent_.clear();
        unread_.clear();
    }

    void send(const std::uint8_t* data, std::size_t size) { frame(BINARY, data, size); }
    void send(const Bytes& data) { frame(BINARY, data.data(), data.size()); }
    void say_goodbye() {
        const std::uint8_t normal[] = {0x03, 0xE8};
        if (fd_ >= 0) frame(CLOSE, normal, sizeof normal);
    }

    void ready(std::uint32_t events) {
        if (fd_ < 0) return;
        if (events & EPOLLOUT) {
            Bytes rest;
            rest.swap(unsent_);
            watch(EPOLL_CTL_MOD, EPOLLIN);
            transmit(rest.data(), rest.size());
        }
        if (events & ~std::uint32_t(EPOLLOUT)) read();
    }

   protected:
    virtual void opened() = 0;
    virtual void received(const std::uint8_t* data, std::size_t size) = 0;
    virtual void ended() = 0;

   private:
    enum Opcode : std::uint8_t { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };
    static constexpr std::size_t LARGEST = 16384;

    void watch(int operation, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = this;
        epoll_ctl(epoll_, operation, fd_, &event);
    }

    void read() {
        static std::uint8_t chunk[1 << 18];
        const ssize_t size = recv(fd_, chunk, sizeof chunk, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) {
            disconnect();
            ended();
            return;
        }
        const unsigned serial = serial_;
        if (unread_.empty()) {
            const std::size_t used = consume(chunk, std::size_t(size));
            if (serial == serial_) unread_.assign(chunk + used, chunk + size);
            return;
        }
        Bytes whole;
        whole.swap(unread_);
        whole.insert(whole.end(), chunk, chunk + size);
        const std::size_t used = consume(whole.data(), whole.size());
        if (serial == serial_) unread_.assign(whole.begin() + long(used), whole.end());
    }

    // Returns how much was used. A message may make us disconnect, and even connect anew: `serial_` tells.
    std::size_t consume(const std::uint8_t* data, std::size_t size) {
        const unsigned serial = serial_;
        std::size_t at = 0;
        if (!upgraded_) {
            const void* end = memmem(data, size, "\r\n\r\n", 4);
            if (end == nullptr) return 0;
            if (size < 12 || std::memcmp(data, "HTTP/1.1 101", 12) != 0)
                fail("refused: " + std::string(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 40)));
            upgraded_ = true;
            at = std::size_t(static_cast<const std::uint8_t*>(end) - data) + 4;
            opened();
        }
        while (serial == serial_ && size - at >= 2) {
            const std::uint8_t* p = data + at;
            std::size_t head = 2, length = p[1] & 127;
            if (length == 127 || !(p[0] & 0x80)) fail("the server sent a frame of a kind nobody here sends");
            if (length == 126) {
                if (size - at < 4) break;
                length = std::size_t(p[2]) << 8 | p[3];
                head = 4;
            }
            if (size - at < head + length) break;
            at += head + length;
            switch (p[0] & 15) {
                case TEXT:
                case BINARY: received(p + head, length); break;
                case PING: frame(PONG, p + head, length); break;
                case CLOSE: disconnect(); ended(); break;
                default: break;
            }
        }
        return at;
    }

    void frame(Opcode opcode, const std::uint8_t* data, std::size_t size) {
        alignas(8) static std::uint8_t out[LARGEST];
        if (size > LARGEST - 32) fail("too large a message");
        std::uint8_t* p = out;
        *p++ = 0x80 | opcode;
        if (size < 126) {
            *p++ = std::uint8_t(0x80 | size);
        } else {
            *p++ = 0x80 | 126;
            *p++ = std::uint8_t(size >> 8);
            *p++ = std::uint8_t(size);
        }
        mask_ = mask_ * 6364136223846793005ULL + 1442695040888963407ULL;  // any mask does (RFC 6455, 5.3)
        const auto half = std::uint32_t(mask_ >> 32);
        const std::uint64_t mask = std::uint64_t(half) << 32 | half;
        std::memcpy(p, &half, 4);
        p += 4;
        std::size_t i = 0;
        for (; i + 8 <= size; i += 8) {
            std::uint64_t word;
            std::memcpy(&word, data + i, 8);
            word ^= mask;
            std::memcpy(p + i, &word, 8);
        }
        for (; i < size; ++i) p[i] = data[i] ^ std::uint8_t(mask >> (8 * (i & 3)));
        transmit(out, std::size_t(p - out) + size);
    }

    void transmit(const std::uint8_t* data, std::size_t size) {
        if (unsent_.empty()) {
            const ssize_t sent = ::send(fd_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0 && errno != EAGAIN && errno != EINTR) return;  // the read side will see the end
            const std::size_t done = sent > 0 ? std::size_t(sent) : 0;
            if (done == size) return;
            data += done;
            size -= done;
            watch(EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
        }
        unsent_.insert(unsent_.end(), data, data + size);
    }

    int fd_ = -1;
    int epoll_ = -1;
    unsigned serial_ = 0;
    bool upgraded_ = false;
    Bytes unsent_, unread_;
    inline static std::uint64_t mask_ = 1;
};

}  // namespace load
