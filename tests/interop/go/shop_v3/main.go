// A merchant's backend on github.com/wechatpay-apiv3/wechatpay-go, as its documentation shows it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Asked is what somebody asks of the shop.
type Asked map[string]string

// Object is JSON.
type Object map[string]any

// Act does what was asked with the library.
type Act func(*Merchant, Asked) (any, error)

var (
	url      string
	lock     sync.Mutex
	received = map[string][]any{}
	acts     = map[string]Act{
		"/order": place, "/query": query, "/close": closed, "/refund": refunded, "/refund-query": refundFound,
		"/abnormal-refund": abnormal, "/echo": echo, "/bill": bill, "/certificates": platformCertificates,
		"/share": share, "/share-query": shareFound,
	}
)

func act(w http.ResponseWriter, r *http.Request) {
	do, asked := acts[r.URL.Path], Asked{}
	err := json.NewDecoder(r.Body).Decode(&asked)
	if do == nil {
		err = errors.New(r.URL.Path)
	}
	var answer any
	if err == nil {
		var shop *Merchant
		if shop, err = merchant(asked["files"]); err == nil {
			answer, err = do(shop, asked)
		}
	}
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		answer = Object{"error": err.Error()}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// notified takes what WeChat Pay posts to /notify/KIND/FILES.
func notified(w http.ResponseWriter, r *http.Request) {
	words := strings.Split(r.URL.Path, "/")
	told, err := heard(words[2], words[3], r)
	if err != nil {
		log.Print(err)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"code":"FAIL","message":"失败"}`)
		return
	}
	lock.Lock()
	defer lock.Unlock()
	received[words[2]] = append(received[words[2]], told)
	w.WriteHeader(http.StatusNoContent)
}

func main() {
	http.HandleFunc("/notify/", notified)
	http.HandleFunc("/received", func(w http.ResponseWriter, _ *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		_ = json.NewEncoder(w).Encode(received)
	})
	http.HandleFunc("/", act)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	url = "http://" + listener.Addr().String()
	fmt.Println("shop ready at " + url)
	log.Fatal(http.Serve(listener, nil))
}
