// A first order of APIv3 with the official library: placed, paid, notified, queried, refunded.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/downloader"
	"github.com/wechatpay-apiv3/wechatpay-go/core/notify"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/native"
	"github.com/wechatpay-apiv3/wechatpay-go/services/refunddomestic"
	"github.com/wechatpay-apiv3/wechatpay-go/utils"
)

func main() {
	ctx := context.Background()
	port := os.Getenv("SHOP_PORT")
	if port == "" {
		port = "8691"
	}
	shop := "127.0.0.1:" + port
	mchid, serial, v3Key := os.Getenv("WXPAY_MCH_ID"), os.Getenv("WXPAY_SERIAL_NO"), os.Getenv("WXPAY_API_V3_KEY")
	key := must(utils.LoadPrivateKeyWithPath(filepath.Join(os.Getenv("WXPAY_FILES"), "apiclient_key.pem")))
	// Gets WeChat Pay's certificate (/v3/certificates) first, and verifies every answer with it.
	client := must(core.NewClient(ctx, option.WithWechatPayAutoAuthCipher(mchid, serial, key, v3Key)))
	certificates := downloader.MgrInstance().GetCertificateVisitor(mchid)
	handler := must(notify.NewRSANotifyHandler(v3Key, verifiers.NewSHA256WithRSAVerifier(certificates)))

	told := make(chan string, 8)
	http.HandleFunc("/notify", func(w http.ResponseWriter, r *http.Request) {
		transaction := new(payments.Transaction)
		if _, err := handler.ParseNotifyRequest(r.Context(), r, transaction); err != nil {
			log.Print("not WeChat Pay's: ", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)
		told <- *transaction.TradeState
	})
	http.HandleFunc("/refunded", func(w http.ResponseWriter, r *http.Request) {
		refund := make(map[string]any)
		if _, err := handler.ParseNotifyRequest(r.Context(), r, &refund); err != nil {
			log.Print("not WeChat Pay's: ", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)
		told <- fmt.Sprint(refund["refund_status"])
	})
	go func() { log.Fatal(http.ListenAndServe(shop, nil)) }()

	number := fmt.Sprintf("FIRST%d", time.Now().Unix())
	orders := native.NativeApiService{Client: client}
	placed, _, err := orders.Prepay(ctx, native.PrepayRequest{
		Appid:       core.String(os.Getenv("WXPAY_APPID")),
		Mchid:       core.String(mchid),
		Description: core.String("A cup of tea"),
		OutTradeNo:  core.String(number),
		NotifyUrl:   core.String("http://" + shop + "/notify"),
		Amount:      &native.Amount{Total: core.Int64(100)},
	})
	check(err)
	fmt.Println("placed:", number, *placed.CodeUrl)
	fmt.Println("pay it in another terminal: wxpay-sandbox pay", number)
	fmt.Println("notified:", <-told)

	found, _, err := orders.QueryOrderByOutTradeNo(ctx, native.QueryOrderByOutTradeNoRequest{
		OutTradeNo: core.String(number), Mchid: core.String(mchid),
	})
	check(err)
	fmt.Println("queried:", *found.TradeState, *found.TransactionId)

	refunds := refunddomestic.RefundsApiService{Client: client}
	refund, _, err := refunds.Create(ctx, refunddomestic.CreateRequest{
		OutTradeNo:  core.String(number),
		OutRefundNo: core.String("R" + number),
		NotifyUrl:   core.String("http://" + shop + "/refunded"),
		Amount: &refunddomestic.AmountReq{
			Refund: core.Int64(100), Total: core.Int64(100), Currency: core.String("CNY"),
		},
	})
	check(err)
	fmt.Println("refund asked for:", *refund.Status)
	fmt.Println("it arrives after a minute of sandbox time: wxpay-sandbox clock +1m")
	fmt.Println("refunded:", <-told)
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
