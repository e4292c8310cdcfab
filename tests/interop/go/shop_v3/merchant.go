package main

import (
	"context"
	"crypto/rsa"
	"os"
	"path/filepath"
	"strings"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/downloader"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/utils"
)

var ctx = context.Background()

// Merchant is what `merchant export` gave, and a client of the library made of it.
type Merchant struct {
	files, mchID, appid, serial, apiV3Key string
	privateKey                            *rsa.PrivateKey
	client                                *core.Client
	verifier                              auth.Verifier
}

var merchants = map[string]*Merchant{}

// merchant gives the merchant of a folder below WXPAY_FILES; its client is made once.
func merchant(files string) (*Merchant, error) {
	lock.Lock()
	defer lock.Unlock()
	if known := merchants[files]; known != nil {
		return known, nil
	}
	folder := filepath.Join(os.Getenv("WXPAY_FILES"), files)
	lines, err := os.ReadFile(filepath.Join(folder, "settings.env"))
	if err != nil {
		return nil, err
	}
	settings := map[string]string{}
	for _, line := range strings.Split(string(lines), "\n") {
		name, value, _ := strings.Cut(line, "=")
		settings[name] = value
	}
	made := &Merchant{
		files: files, mchID: settings["WXPAY_MCH_ID"], appid: settings["WXPAY_APPID"],
		serial: settings["WXPAY_SERIAL_NO"], apiV3Key: settings["WXPAY_API_V3_KEY"],
	}
	if made.privateKey, err = utils.LoadPrivateKeyWithPath(filepath.Join(folder, "apiclient_key.pem")); err != nil {
		return nil, err
	}
	var opened core.ClientOption
	if os.Getenv("SHOP_MODE") == "public-key" {
		id := settings["WXPAY_PUB_KEY_ID"]
		key, err := utils.LoadPublicKeyWithPath(filepath.Join(folder, "pub_key.pem"))
		if err != nil {
			return nil, err
		}
		opened = option.WithWechatPayPublicKeyAuthCipher(made.mchID, made.serial, made.privateKey, id, key)
		made.verifier = verifiers.NewSHA256WithRSAPubkeyVerifier(id, *key)
	} else {
		opened = option.WithWechatPayAutoAuthCipher(made.mchID, made.serial, made.privateKey, made.apiV3Key)
		made.verifier = verifiers.NewSHA256WithRSAVerifier(downloader.MgrInstance().GetCertificateVisitor(made.mchID))
	}
	if made.client, err = core.NewClient(ctx, opened); err != nil {
		return nil, err
	}
	merchants[files] = made
	return made, nil
}
