-- For wrk: a random path and a random header from the files that the arguments name; what came of it as JSON.

local paths, headers = {}, {}

function init(arguments)
  math.randomseed(os.time())
  for line in io.lines(arguments[1]) do paths[#paths + 1] = line end
  for line in io.lines(arguments[2]) do headers[#headers + 1] = line end
end

function request()
  local sent = {}
  if #headers > 0 then
    local name, value = headers[math.random(#headers)]:match("^(.-): (.*)$")
    sent[name] = value
  end
  return wrk.format("GET", paths[math.random(#paths)], sent)
end

function done(summary, latency, _)
  local bad = summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    'JSON {"requests": %d, "seconds": %f, "bad": %d, "p50_ms": %f, "p95_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, bad,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3
  ))
end
