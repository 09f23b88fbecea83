-- Payment callbacks for `samples/PaymentStorm --serve`, for wrk; see load.sh.
--
--   wrk -t3 -c48 -d15s -s load.lua http://127.0.0.1:PORT -- TRADES [FOLDER]
--
-- Each of the three threads delivers every trade once and in the same order, so that every callback comes three times from three
-- connections within moments. A thread that has heard all its answers stops. FOLDER gets the numbers of the trades that were
-- acknowledged, as the answers name them.

local threads = 0

function setup(thread)
    thread:set("id", threads)
    threads = threads + 1
end

function init(args)
    trades = tonumber(args[1])
    heard = 0

    -- wrk asks the first thread for a request that it looks at and does not send.
    sent = id == 0 and -1 or 0
    if args[2] then
        book = assert(io.open(args[2] .. "/acknowledged." .. id, "a"))
        book:setvbuf("line")
    end
end

local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local json = { ["Content-Type"] = "application/json" }

function request()
    -- wrk has no way to leave a connection idle: past the end it repeats the last trades until the thread stops.
    local n = sent < trades and math.max(sent, 0) or trades - 1 - (sent % math.min(trades, 48))
    sent = sent + 1
    if n % 2 == 0 then
        return wrk.format("POST", "/callbacks/alipay", form, string.format(
            "notify_id=N%09d&out_trade_no=T%09d&trade_no=20260206%012d&trade_status=TRADE_SUCCESS&total_amount=200.00", n, n, n))
    end

    return wrk.format("POST", "/callbacks/wechat", json, string.format(
        '{"id":"N%09d","event_type":"TRANSACTION.SUCCESS","resource":{"out_trade_no":"T%09d","transaction_id":"42000%015d",'
            .. '"trade_state":"SUCCESS","amount":{"total":20000,"currency":"CNY"}}}', n, n, n))
end

function response(status, headers, body)
    heard = heard + 1
    if status == 200 and book and headers["X-Trade"] then
        book:write(headers["X-Trade"], "\n")
    end

    if heard >= trades + 48 then
        wrk.thread:stop()
    end
end
