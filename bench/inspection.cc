// What looking for a disk format costs, for streams of 1 GiB in chunks as an upload brings them: data that
// nothing is found in, a disk that is known after its header, and the one kind that must be watched to its
// end. Time for a byte is the time of a run by 2^30.

#include <benchmark/benchmark.h>

#include <string>

#include "formats/inspection.h"

namespace {

using namespace vitrine;

constexpr std::size_t chunk_size = 512 * 1024;
constexpr std::size_t stream_size = std::size_t{1} << 30;

std::string qcow2() {
  std::string header(512, '\0');
  header.replace(0, 8, "QFI\xfb\0\0\0\3", 8);
  return header;
}

/// Says that the place of its grain directory stands in a footer.
std::string vmdk_with_a_footer() {
  std::string header(1024, '\0');
  header.replace(0, 5, "KDMV\1");
  header[28] = header[36] = 1;
  header.replace(56, 8, 8, '\xff');
  header.replace(512, 50, "createType=\"streamOptimized\"\nRW 1 SPARSE \"x.vmdk\"\n");
  return header;
}

void inspect(benchmark::State& state, std::string head) {
  const std::string rest(chunk_size, '\1');
  head.resize(chunk_size, '\0');
  for (auto _ : state) {
    formats::Inspection inspection;
    inspection.see(bytes_of(head));
    for (std::size_t seen = chunk_size; seen < stream_size; seen += chunk_size)
      inspection.see(bytes_of(rest));
    inspection.finish();
    benchmark::DoNotOptimize(inspection.findings());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * stream_size));
}

}  // namespace

BENCHMARK_CAPTURE(inspect, raw, std::string());
BENCHMARK_CAPTURE(inspect, text, std::string(chunk_size, 'a'));
BENCHMARK_CAPTURE(inspect, qcow2, qcow2());
BENCHMARK_CAPTURE(inspect, vmdk_with_a_footer, vmdk_with_a_footer());
BENCHMARK_MAIN();
