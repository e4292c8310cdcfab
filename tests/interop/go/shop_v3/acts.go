package main

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/consts"
	"github.com/wechatpay-apiv3/wechatpay-go/core/notify"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/services/certificates"
	"github.com/wechatpay-apiv3/wechatpay-go/services/partnerpayments"
	partnerapp "github.com/wechatpay-apiv3/wechatpay-go/services/partnerpayments/app"
	partnerh5 "github.com/wechatpay-apiv3/wechatpay-go/services/partnerpayments/h5"
	partnerjsapi "github.com/wechatpay-apiv3/wechatpay-go/services/partnerpayments/jsapi"
	partnernative "github.com/wechatpay-apiv3/wechatpay-go/services/partnerpayments/native"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/app"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/h5"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/jsapi"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/native"
	"github.com/wechatpay-apiv3/wechatpay-go/services/profitsharing"
	"github.com/wechatpay-apiv3/wechatpay-go/services/refunddomestic"
	"github.com/wechatpay-apiv3/wechatpay-go/utils"
)

// into fills one of the library's requests: the same terms for every product.
func into[T any](terms Object) T {
	var request T
	text, _ := json.Marshal(terms)
	if err := json.Unmarshal(text, &request); err != nil {
		panic(err)
	}
	return request
}

func number(text string) int64 {
	value, _ := strconv.ParseInt(text, 10, 64)
	return value
}

func terms(shop *Merchant, asked Asked) Object {
	made := Object{
		"description": "龙井茶", "out_trade_no": asked["out_trade_no"],
		"amount": Object{"total": number(asked["total"]), "currency": "CNY"},
	}
	kind, payer := "payment", Object{"openid": asked["openid"]}
	if sub := asked["sub_mchid"]; sub != "" {
		kind, payer = "partner", Object{"sp_openid": asked["openid"]}
		made["sp_appid"], made["sp_mchid"], made["sub_mchid"] = shop.appid, shop.mchID, sub
	} else {
		made["appid"], made["mchid"] = shop.appid, shop.mchID
	}
	made["notify_url"] = fmt.Sprintf("%s/notify/%s/%s", url, kind, shop.files)
	if asked["trade_type"] == "JSAPI" {
		made["payer"] = payer
	}
	if asked["shared"] != "" {
		made["settle_info"] = Object{"profit_sharing": true}
	}
	if asked["trade_type"] == "H5" {
		made["scene_info"] = Object{"payer_client_ip": "123.12.12.123", "h5_info": Object{"type": "Wap"}}
	}
	return made
}

func place(shop *Merchant, asked Asked) (any, error) {
	made := terms(shop, asked)
	if asked["sub_mchid"] != "" {
		return placePartner(shop, asked["trade_type"], made)
	}
	switch asked["trade_type"] {
	case "JSAPI":
		service := jsapi.JsapiApiService{Client: shop.client}
		placed, _, err := service.PrepayWithRequestPayment(ctx, into[jsapi.PrepayRequest](made))
		if err != nil {
			return nil, err
		}
		return forPage(placed.PrepayId, placed.Appid, placed.TimeStamp, placed.NonceStr, placed.Package, placed.PaySign), nil
	case "APP":
		service := app.AppApiService{Client: shop.client}
		placed, _, err := service.PrepayWithRequestPayment(ctx, into[app.PrepayRequest](made))
		if err != nil {
			return nil, err
		}
		// The keys that the open platform's SDK wants: the library's own are not all of that spelling.
		return Object{"prepay_id": placed.PrepayId, "client": Object{
			"appid": shop.appid, "partnerid": placed.PartnerId, "prepayid": placed.PrepayId, "package": placed.Package,
			"noncestr": placed.NonceStr, "timestamp": placed.TimeStamp, "sign": placed.Sign,
		}}, nil
	case "H5":
		service := h5.H5ApiService{Client: shop.client}
		placed, _, err := service.Prepay(ctx, into[h5.PrepayRequest](made))
		return placed, err
	}
	service := native.NativeApiService{Client: shop.client}
	placed, _, err := service.Prepay(ctx, into[native.PrepayRequest](made))
	return placed, err
}

func placePartner(shop *Merchant, tradeType string, made Object) (any, error) {
	switch tradeType {
	case "JSAPI":
		service := partnerjsapi.JsapiApiService{Client: shop.client}
		placed, _, err := service.PrepayWithRequestPayment(ctx, into[partnerjsapi.PrepayRequest](made), shop.appid)
		if err != nil {
			return nil, err
		}
		return forPage(placed.PrepayId, placed.Appid, placed.TimeStamp, placed.NonceStr, placed.Package, placed.PaySign), nil
	case "APP":
		service := partnerapp.AppApiService{Client: shop.client}
		placed, _, err := service.Prepay(ctx, into[partnerapp.PrepayRequest](made))
		return placed, err
	case "H5":
		service := partnerh5.H5ApiService{Client: shop.client}
		placed, _, err := service.Prepay(ctx, into[partnerh5.PrepayRequest](made))
		return placed, err
	}
	service := partnernative.NativeApiService{Client: shop.client}
	placed, _, err := service.Prepay(ctx, into[partnernative.PrepayRequest](made))
	return placed, err
}

// forPage gives what the page hands to WeChat's browser, by the names that it wants: the library's are not all of that
// spelling.
func forPage(prepayID, appid, timeStamp, nonceStr, packaged, paySign *string) Object {
	return Object{"prepay_id": prepayID, "client": Object{
		"appId": appid, "timeStamp": timeStamp, "nonceStr": nonceStr, "package": packaged, "signType": "RSA", "paySign": paySign,
	}}
}

// which gives the parameters by which an order is named.
func which(shop *Merchant, asked Asked) Object {
	named := Object{"mchid": shop.mchID, "sp_mchid": shop.mchID, "sub_mchid": asked["sub_mchid"]}
	for _, name := range []string{"out_trade_no", "transaction_id"} {
		if asked[name] != "" {
			named[name] = asked[name]
		}
	}
	return named
}

func query(shop *Merchant, asked Asked) (any, error) {
	named, byID := which(shop, asked), asked["transaction_id"] != ""
	if asked["sub_mchid"] != "" {
		service := partnernative.NativeApiService{Client: shop.client}
		if byID {
			found, _, err := service.QueryOrderById(ctx, into[partnernative.QueryOrderByIdRequest](named))
			return found, err
		}
		found, _, err := service.QueryOrderByOutTradeNo(ctx, into[partnernative.QueryOrderByOutTradeNoRequest](named))
		return found, err
	}
	service := native.NativeApiService{Client: shop.client}
	if byID {
		found, _, err := service.QueryOrderById(ctx, into[native.QueryOrderByIdRequest](named))
		return found, err
	}
	found, _, err := service.QueryOrderByOutTradeNo(ctx, into[native.QueryOrderByOutTradeNoRequest](named))
	return found, err
}

func closed(shop *Merchant, asked Asked) (any, error) {
	named := which(shop, asked)
	if asked["sub_mchid"] != "" {
		service := partnernative.NativeApiService{Client: shop.client}
		_, err := service.CloseOrder(ctx, into[partnernative.CloseOrderRequest](named))
		return Object{}, err
	}
	service := native.NativeApiService{Client: shop.client}
	_, err := service.CloseOrder(ctx, into[native.CloseOrderRequest](named))
	return Object{}, err
}

func refunded(shop *Merchant, asked Asked) (any, error) {
	wanted := Object{
		"out_trade_no": asked["out_trade_no"], "out_refund_no": asked["out_refund_no"],
		"notify_url": url + "/notify/refund/" + shop.files,
		"amount":     Object{"total": number(asked["total"]), "refund": number(asked["refund"]), "currency": "CNY"},
	}
	if asked["sub_mchid"] != "" {
		wanted["sub_mchid"] = asked["sub_mchid"]
	}
	service := refunddomestic.RefundsApiService{Client: shop.client}
	made, _, err := service.Create(ctx, into[refunddomestic.CreateRequest](wanted))
	return made, err
}

func refundFound(shop *Merchant, asked Asked) (any, error) {
	wanted := refunddomestic.QueryByOutRefundNoRequest{OutRefundNo: core.String(asked["out_refund_no"])}
	if asked["sub_mchid"] != "" {
		wanted.SubMchid = core.String(asked["sub_mchid"])
	}
	service := refunddomestic.RefundsApiService{Client: shop.client}
	found, _, err := service.QueryByOutRefundNo(ctx, wanted)
	return found, err
}

// post sends a message with secrets in it to a path that the library has no service for.
func post(shop *Merchant, path string, request any, answer any) error {
	serial, err := shop.client.EncryptRequest(ctx, request)
	if err != nil {
		return err
	}
	headers := http.Header{}
	headers.Set(consts.WechatPaySerial, serial)
	result, err := shop.client.Request(
		ctx, http.MethodPost, consts.WechatPayAPIServer+path, headers, nil, request, consts.ApplicationJSON,
	)
	if err != nil {
		return err
	}
	if err := core.UnMarshalResponse(result.Response, answer); err != nil {
		return err
	}
	return shop.client.DecryptResponse(ctx, answer)
}

func abnormal(shop *Merchant, asked Asked) (any, error) {
	request := struct {
		OutRefundNo string `json:"out_refund_no"`
		Type        string `json:"type"`
		BankType    string `json:"bank_type"`
		BankAccount string `json:"bank_account" encryption:"EM_APIV3"`
		RealName    string `json:"real_name" encryption:"EM_APIV3"`
	}{asked["out_refund_no"], "USER_BANK_CARD", "ICBC_DEBIT", asked["bank_account"], asked["real_name"]}
	answer := refunddomestic.Refund{}
	err := post(shop, "/v3/refund/domestic/refunds/"+asked["refund_id"]+"/apply-abnormal-refund", &request, &answer)
	return answer, err
}

// share adds a merchant as a receiver, under its name, and gives it a part of an order's money.
func share(shop *Merchant, asked Asked) (any, error) {
	receivers := profitsharing.ReceiversApiService{Client: shop.client}
	_, _, err := receivers.AddReceiver(ctx, into[profitsharing.AddReceiverRequest](Object{
		"appid": shop.appid, "type": "MERCHANT_ID", "account": asked["receiver"], "name": asked["name"],
		"relation_type": "SUPPLIER",
	}))
	if err != nil {
		return nil, err
	}
	orders := profitsharing.OrdersApiService{Client: shop.client}
	shared, _, err := orders.CreateOrder(ctx, into[profitsharing.CreateOrderRequest](Object{
		"appid": shop.appid, "transaction_id": asked["transaction_id"], "out_order_no": asked["out_order_no"],
		"unfreeze_unsplit": true, "receivers": []Object{{
			"type": "MERCHANT_ID", "account": asked["receiver"], "amount": number(asked["amount"]), "description": "货款",
		}},
	}))
	return shared, err
}

func shareFound(shop *Merchant, asked Asked) (any, error) {
	orders := profitsharing.OrdersApiService{Client: shop.client}
	found, _, err := orders.QueryOrder(ctx, into[profitsharing.QueryOrderRequest](Object{
		"transaction_id": asked["transaction_id"], "out_order_no": asked["out_order_no"],
	}))
	return found, err
}

func echo(shop *Merchant, asked Asked) (any, error) {
	request := struct {
		EchoMessage          string `json:"echo_message"`
		EncryptedEchoMessage string `json:"encrypted_echo_message" encryption:"EM_APIV3"`
	}{asked["message"], asked["message"]}
	answer := struct {
		EncryptedEchoMessage string `json:"encrypted_echo_message" encryption:"EM_APIV3"`
	}{}
	err := post(shop, "/v3/security/echo", &request, &answer)
	return Object{"message": answer.EncryptedEchoMessage}, err
}

// bill downloads as the library's FAQ says: the second step's answer has no signature, and so its own client.
func bill(shop *Merchant, asked Asked) (any, error) {
	path := fmt.Sprintf("/v3/bill/%s?bill_date=%s", asked["kind"], asked["bill_date"])
	result, err := shop.client.Get(ctx, consts.WechatPayAPIServer+path)
	if err != nil {
		return nil, err
	}
	where := struct {
		HashValue   string `json:"hash_value"`
		DownloadURL string `json:"download_url"`
	}{}
	if err := core.UnMarshalResponse(result.Response, &where); err != nil {
		return nil, err
	}
	client, err := core.NewClient(
		ctx, option.WithMerchantCredential(shop.mchID, shop.serial, shop.privateKey), option.WithoutValidator(),
	)
	if err != nil {
		return nil, err
	}
	if result, err = client.Get(ctx, where.DownloadURL); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(result.Response.Body)
	digest := sha1.Sum(text)
	if hex.EncodeToString(digest[:]) != where.HashValue {
		return nil, errors.New("the bill is not what its hash says")
	}
	return Object{"text": string(text)}, err
}

func platformCertificates(shop *Merchant, _ Asked) (any, error) {
	service := certificates.CertificatesApiService{Client: shop.client}
	answer, _, err := service.DownloadCertificates(ctx)
	if err != nil {
		return nil, err
	}
	serials := []string{}
	for _, one := range answer.Data {
		sealed := one.EncryptCertificate
		text, err := utils.DecryptAES256GCM(shop.apiV3Key, *sealed.AssociatedData, *sealed.Nonce, *sealed.Ciphertext)
		if err != nil {
			return nil, err
		}
		certificate, err := utils.LoadCertificate(text)
		if err != nil {
			return nil, err
		}
		serials = append(serials, utils.GetCertificateSerialNumber(*certificate))
	}
	return Object{"serials": serials}, nil
}

// heard gives what a notification says; an error when it is not WeChat Pay that speaks.
func heard(kind, files string, r *http.Request) (any, error) {
	shop, err := merchant(files)
	if err != nil {
		return nil, err
	}
	handler, err := notify.NewRSANotifyHandler(shop.apiV3Key, shop.verifier)
	if err != nil {
		return nil, err
	}
	var content any = &Object{}
	switch kind {
	case "payment":
		content = &payments.Transaction{}
	case "partner":
		content = &partnerpayments.Transaction{}
	}
	_, err = handler.ParseNotifyRequest(ctx, r, content)
	return content, err
}
