-- wrk's script: sends each request of a file once, checks each answer, and prints what came of it as a line of JSON.
--
-- Arguments: the file, and what stands in every right answer. The file has each request after a line with its length.
-- There is one thread, so whoever calls gets the next one. Once all are sent and answered, wrk ends at once.

local requests, expected, held
local checked, over = false, false
sent, answered, wrong, said = 0, 0, 0, ""  -- global, since done() asks the thread for them

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  requests, expected = assert(io.open(args[1], "rb")), args[2]
end

local function read()
  local length = requests:read("*l")
  return length and requests:read(tonumber(length))
end

-- Asked after each answer and after each request that there was none for: the last answers may come all at once.
local function end_if_all_is_said()
  if over and answered == sent then
    io.stderr:write(said)
    os.exit(wrong == 0 and 0 or 1)
  end
end

function request()
  local given = held or read()
  held = nil
  if not checked then  -- wrk looks at one before it starts, and does not send it
    checked, held = true, given
  elseif given then
    sent = sent + 1
  else
    over = true
    end_if_all_is_said()
  end
  return given or ""  -- nothing is sent for an empty one
end

function response(status, _, body)
  answered = answered + 1
  if status ~= 200 or not body:find(expected, 1, true) then
    wrong, said = wrong + 1, status .. " " .. body
  end
  end_if_all_is_said()
end

function done(summary, latency)
  local thread, errors = threads[1], summary.errors
  io.stderr:write(thread:get("said"))
  print(string.format('{"answered": %d, "seconds": %f, "p50_ms": %f, "p99_ms": %f, "wrong": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    thread:get("wrong") + errors.connect + errors.read + errors.write + errors.timeout))
end
