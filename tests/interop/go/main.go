// A merchant's backend on github.com/silenceper/wechat/v2, as its documentation shows it.
package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/silenceper/wechat/v2/pay"
	"github.com/silenceper/wechat/v2/pay/config"
	"github.com/silenceper/wechat/v2/pay/notify"
	"github.com/silenceper/wechat/v2/pay/order"
	"github.com/silenceper/wechat/v2/pay/refund"
)

// Asked is what somebody asks of the shop.
type Asked struct {
	Key         string `json:"key"`
	TradeType   string `json:"trade_type"`
	OutTradeNo  string `json:"out_trade_no"`
	OutRefundNo string `json:"out_refund_no"`
	TotalFee    string `json:"total_fee"`
	RefundFee   string `json:"refund_fee"`
	OpenID      string `json:"openid"`
}

// Answer holds strings and objects of strings.
type Answer map[string]any

var (
	url      string
	received = map[string][]Answer{"payments": {}, "refunds": {}}
	acts     = map[string]func(*pay.Pay, Asked) (Answer, error){
		"/order": place, "/query": query, "/close": closed, "/refund": refunded,
	}
)

func wechat(key string) *pay.Pay {
	if key == "" {
		key = os.Getenv("WXPAY_API_KEY")
	}
	return pay.NewPay(&config.Config{
		AppID:     os.Getenv("WXPAY_APPID"),
		MchID:     os.Getenv("WXPAY_MCH_ID"),
		Key:       key,
		NotifyURL: url + "/notify/payment",
	})
}

func place(wx *pay.Pay, asked Asked) (Answer, error) {
	params := &order.Params{
		Body:       "龙井茶",
		OutTradeNo: asked.OutTradeNo,
		TotalFee:   asked.TotalFee,
		TradeType:  asked.TradeType,
		OpenID:     asked.OpenID,
		CreateIP:   "123.12.12.123",
	}
	switch asked.TradeType {
	case "APP":
		forApp, err := wx.GetOrder().BridgeAppConfig(params)
		// The keys that the open platform's SDK wants: the library's own are not all of that spelling.
		return Answer{"prepay_id": forApp.PrePayID, "client": Answer{
			"appid": forApp.AppID, "partnerid": forApp.MchID, "prepayid": forApp.PrePayID, "package": forApp.Package,
			"noncestr": forApp.NonceStr, "timestamp": forApp.Timestamp, "sign": forApp.Sign,
		}}, err
	case "JSAPI":
		forPage, err := wx.GetOrder().BridgeConfig(params)
		return Answer{"prepay_id": forPage.PrePayID, "client": Answer{
			"appId": os.Getenv("WXPAY_APPID"), "timeStamp": forPage.Timestamp, "nonceStr": forPage.NonceStr,
			"package": forPage.Package, "signType": forPage.SignType, "paySign": forPage.PaySign,
		}}, err
	}
	placed, err := wx.GetOrder().PrePayOrder(params)
	return Answer{"prepay_id": placed.PrePayID, "code_url": placed.CodeURL, "mweb_url": placed.MWebURL}, err
}

func query(wx *pay.Pay, asked Asked) (Answer, error) {
	found, err := wx.GetOrder().QueryOrder(&order.QueryParams{OutTradeNo: asked.OutTradeNo})
	if err != nil {
		return nil, err
	}
	answer := Answer{"trade_state": *found.TradeState}
	if found.TransactionID != nil {
		answer["transaction_id"] = *found.TransactionID
		answer["total_fee"] = fmt.Sprint(*found.TotalFee)
	}
	return answer, nil
}

func closed(wx *pay.Pay, asked Asked) (Answer, error) {
	done, err := wx.GetOrder().CloseOrder(&order.CloseParams{OutTradeNo: asked.OutTradeNo})
	if err != nil {
		return nil, err
	}
	return Answer{"result_code": *done.ResultCode}, nil
}

func refunded(wx *pay.Pay, asked Asked) (Answer, error) {
	done, err := wx.GetRefund().Refund(&refund.Params{
		OutTradeNo:  asked.OutTradeNo,
		OutRefundNo: asked.OutRefundNo,
		TotalFee:    asked.TotalFee,
		RefundFee:   asked.RefundFee,
		NotifyURL:   url + "/notify/refund",
		RootCa:      filepath.Join(os.Getenv("WXPAY_FILES"), "apiclient_cert.p12"),
	})
	return Answer{"refund_id": done.RefundID}, err
}

func paid(message []byte) error {
	var result notify.PaidResult
	if err := xml.Unmarshal(message, &result); err != nil {
		return err
	}
	if !wechat("").GetNotify().PaidVerifySign(result) {
		return errors.New("wrong sign")
	}
	received["payments"] = append(received["payments"], Answer{
		"out_trade_no": *result.OutTradeNo, "transaction_id": *result.TransactionID,
		"total_fee": fmt.Sprint(*result.TotalFee),
	})
	return nil
}

func givenBack(message []byte) error {
	var result notify.RefundedResult
	if err := xml.Unmarshal(message, &result); err != nil {
		return err
	}
	info, err := wechat("").GetNotify().DecryptReqInfo(&result)
	if err != nil {
		return err
	}
	received["refunds"] = append(received["refunds"], Answer{
		"out_refund_no": *info.OutRefundNO, "refund_id": *info.RefundID, "refund_status": *info.RefundStatus,
	})
	return nil
}

func notified(take func([]byte) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		message, _ := io.ReadAll(r.Body)
		answer := notify.PaidResp{ReturnCode: "SUCCESS", ReturnMsg: "OK"}
		if err := take(message); err != nil {
			log.Print(err)
			answer = notify.PaidResp{ReturnCode: "FAIL", ReturnMsg: err.Error()}
		}
		text, _ := xml.Marshal(answer)
		_, _ = w.Write(text)
	}
}

func asked(w http.ResponseWriter, r *http.Request) {
	var asked Asked
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := acts[r.URL.Path](wechat(asked.Key), asked)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		answer = Answer{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	url = "http://" + listener.Addr().String()
	http.HandleFunc("/notify/payment", notified(paid))
	http.HandleFunc("/notify/refund", notified(givenBack))
	http.HandleFunc("/received", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(received) })
	http.HandleFunc("/", asked)
	fmt.Println("shop ready at", url)
	log.Fatal(http.Serve(listener, nil))
}
