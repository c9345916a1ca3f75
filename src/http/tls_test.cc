#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>

#include "base/error.h"
#include "http/test_support.h"

namespace vitrine::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

template <class T, void (*free)(T*)>
struct Freed {
  void operator()(T* pointer) const { free(pointer); }
};
template <class T, void (*free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, free>>;

/// A new key, and a certificate for it that signs itself, in two files.
void write_certificate(const std::string& certificate_file, const std::string& key_file) {
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);

  const Owned<BIO, BIO_free_all> certificate_out(BIO_new_file(certificate_file.c_str(), "w"));
  ASSERT_EQ(PEM_write_bio_X509(certificate_out.get(), certificate.get()), 1);
  const Owned<BIO, BIO_free_all> key_out(BIO_new_file(key_file.c_str(), "w"));
  ASSERT_EQ(PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
}

/// TLS on top of a Client's socket.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, const Tls* identity = nullptr)
      : tcp_(port), context_(SSL_CTX_new(TLS_client_method())) {
    if (identity != nullptr) {
      SSL_CTX_use_certificate_file(context_.get(), identity->certificate_file.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context_.get(), identity->key_file.c_str(), SSL_FILETYPE_PEM);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), tcp_.socket());
  }

  void allow_at_most(int version) { SSL_set_max_proto_version(ssl_.get(), version); }
  bool connect() { return SSL_connect(ssl_.get()) == 1; }
  bool send(std::string_view text) {
    std::size_t sent = 0;
    return SSL_write_ex(ssl_.get(), text.data(), text.size(), &sent) == 1;
  }
  /// Everything until the server closes.
  std::string read() {
    std::string text;
    std::string piece(65536, '\0');
    std::size_t count = 0;
    while (SSL_read_ex(ssl_.get(), piece.data(), piece.size(), &count) == 1) text.append(piece, 0, count);
    return text;
  }
  void say_goodbye() { SSL_shutdown(ssl_.get()); }
  bool saw_close_notify() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  Client tcp_;
  Owned<SSL_CTX, SSL_CTX_free> context_;
  Owned<SSL, SSL_free> ssl_;
};

class TlsServer : public ServerTest {
 protected:
  TlsServer() {
    std::filesystem::create_directories(directory_);
    write_certificate(tls_.certificate_file, tls_.key_file);
    write_certificate(stranger_.certificate_file, stranger_.key_file);
    settings_.tls = tls_;
  }
  ~TlsServer() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string refusal() {
    try {
      Server server(settings_, application_, buffers_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::configuration);
      return error.what();
    }
    return "";
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("vitrine-tls-" + std::to_string(::getpid()));
  Tls tls_{directory_ / "server.pem", directory_ / "server.key", ""};
  Tls stranger_{directory_ / "stranger.pem", directory_ / "stranger.key", ""};
};

TEST_F(TlsServer, Answers) {
  application_.on_answer = [](const Request& request, const std::string& body, const std::stop_token&) {
    return text_reply(body + (request.is_tls ? " over TLS" : ""));
  };
  TlsClient client(port());
  ASSERT_TRUE(client.connect());

  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");

  EXPECT_THAT(client.read(), HasSubstr("\r\n\r\nabc over TLS"));
  EXPECT_TRUE(client.saw_close_notify());
}

TEST_F(TlsServer, AnswersSeveralRequestsInOneRecord) {
  TlsClient client(port());
  ASSERT_TRUE(client.connect());

  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  const std::string answers = client.read();
  EXPECT_THAT(answers, HasSubstr("\r\n\r\nGET /1 "));
  EXPECT_THAT(answers, HasSubstr("\r\n\r\nGET /2 "));
}

TEST_F(TlsServer, TakesUploads) {
  record_uploads();
  const std::string body = pattern(5'000'000);
  TlsClient client(port());
  ASSERT_TRUE(client.connect());

  client.send("PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send(chunked(body, 70'000));

  EXPECT_THAT(client.read(), StartsWith("HTTP/1.1 201 "));
  EXPECT_TRUE(record_.data == body);
}

TEST_F(TlsServer, SendsFiles) {
  const std::string text = pattern(20'000'000);
  Promise<Sent> done;
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token&) {
    Reply reply;
    reply.body = FileRange{file_with(text), 0, text.size()};
    reply.done = [&](const Sent& sent) { done.set(sent); };
    return reply;
  };
  TlsClient client(port());
  ASSERT_TRUE(client.connect());

  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read();

  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + text));
  EXPECT_EQ(done.get().body_bytes, text.size());
  EXPECT_TRUE(done.get().is_complete);
}

/// Has the rest of a text, from wherever the file before it failed.
class RestOfText : public Fallback {
 public:
  explicit RestOfText(std::string text) : text_(std::move(text)) {}

  void resume(std::uint64_t sent, std::exception_ptr) override { text_.erase(0, sent); }

  Chunk read() override {
    auto memory = std::make_shared<std::byte[]>(text_.size());
    std::ranges::copy(bytes_of(text_), memory.get());
    return {std::move(memory), std::exchange(text_, {}).size()};
  }

 private:
  std::string text_;
};

TEST_F(TlsServer, GoesOnFromTheFallbackWhenAFileFails) {
  const std::string text = pattern(2'000'000);
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token&) {
    Reply reply;
    reply.body = FileRange{file_with(text.substr(0, 1'000'007)), 0, text.size()};
    reply.fallback = std::make_unique<RestOfText>(text);
    return reply;
  };
  TlsClient client(port());
  ASSERT_TRUE(client.connect());

  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_TRUE(client.read().ends_with("\r\n\r\n" + text));
}

TEST_F(TlsServer, NoticesThatAClientHangsUp) {
  Promise<bool> has_begun, was_stopped;
  application_.on_answer = [&](const Request&, const std::string&, const std::stop_token& stop) {
    has_begun.set(true);
    was_stopped.set(wait_for_stop(stop));
    return Reply();
  };
  auto client = std::make_unique<TlsClient>(port());
  ASSERT_TRUE(client->connect());
  client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(has_begun.get());

  client->say_goodbye();
  client.reset();

  EXPECT_TRUE(was_stopped.get());
}

TEST_F(TlsServer, RefusesOldVersions) {
  TlsClient old(port());
  old.allow_at_most(TLS1_1_VERSION);
  EXPECT_FALSE(old.connect());

  TlsClient current(port());
  current.allow_at_most(TLS1_2_VERSION);
  EXPECT_TRUE(current.connect());
}

TEST_F(TlsServer, ClosesConnectionsThatSpeakPlainHttp) {
  Client client(port());

  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  std::string answer;
  for (std::string piece = client.receive(1000); !piece.empty(); piece = client.receive(1000))
    answer += piece;
  EXPECT_EQ(answer.find("HTTP/"), std::string::npos);
}

TEST_F(TlsServer, StopsSlowHandshakes) {
  settings_.header_timeout = std::chrono::seconds(1);
  Client client(port());

  EXPECT_TRUE(client.sees_end());
}

TEST_F(TlsServer, WantsAClientCertificateOfItsAuthority) {
  settings_.tls->client_ca_file = tls_.certificate_file;
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  TlsClient known(port(), &tls_);
  ASSERT_TRUE(known.connect());
  known.send(get);
  EXPECT_THAT(known.read(), StartsWith("HTTP/1.1 200 "));

  for (const Tls* identity : {static_cast<const Tls*>(nullptr), static_cast<const Tls*>(&stranger_)}) {
    TlsClient refused(port(), identity);
    refused.connect();  // under TLS 1.3 the client hears of the refusal when it reads
    refused.send(get);
    EXPECT_EQ(refused.read(), "");
  }
}

TEST_F(TlsServer, SaysWhichFileIsWrong) {
  settings_.tls->certificate_file = "/absent.pem";
  EXPECT_THAT(refusal(), HasSubstr("'/absent.pem'"));

  settings_.tls = tls_;
  settings_.tls->key_file = stranger_.key_file;
  EXPECT_THAT(refusal(), HasSubstr("stranger.key"));

  settings_.tls = tls_;
  settings_.tls->client_ca_file = "/absent-ca.pem";
  EXPECT_THAT(refusal(), HasSubstr("'/absent-ca.pem'"));
}

}  // namespace
}  // namespace vitrine::http
