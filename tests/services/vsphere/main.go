// This program runs govmomi's in-process vCenter simulator as a small server for
// the vmware store's integration tests.
//
// The simulator library answers /sdk (SOAP) and stores /folder uploads in a
// directory. This program adds what the library leaves out and a vmware store
// depends on: a chosen inventory, a private CA, an authenticated /folder, the
// 201/200 difference on PUT, a WSDL for clients that insist on one, a request
// log, and switches to expire sessions or make single requests fail.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"embed"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"io/ioutil"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

//go:embed vim.wsdl
var wsdl embed.FS

const cookieName = "vmware_soap_session"

type multi []string

func (m *multi) String() string     { return strings.Join(*m, ",") }
func (m *multi) Set(v string) error { *m = append(*m, v); return nil }

// fault makes the next matching requests fail with a bare HTTP status or, if
// that is 0, has them carried out and the connection closed without an answer.
type fault struct {
	Method string
	Prefix string
	Saying string // what the body of a SOAP call must contain
	Status int
	Count  int
}

type server struct {
	svc    *simulator.Service
	client *vim25.Client
	user   string
	xsd    string // directory with vim-types.xsd and its includes, or ""
	quoted bool

	mu       sync.Mutex
	sessions map[string]bool // every key the simulator handed out
	faults   []*fault
	slow     int // task polls still to be answered with "running"
	reqlog   *json.Encoder
}

func main() {
	var ds multi
	listen := flag.String("listen", "127.0.0.1:0", "address:port of the TLS endpoint")
	user := flag.String("user", "administrator@vsphere.local", "accepted user name")
	password := flag.String("password", "vmware", "accepted password")
	dir := flag.String("dir", "", "state directory (required)")
	idle := flag.Duration("idle", 0, "expire sessions idle for this long; 0: never")
	xsd := flag.String("xsd", "", "directory holding vim-types.xsd, for WSDL clients")
	quoted := flag.Bool("quoted-cookie", true, "quote the session cookie's value, as vCenter does")
	flag.Var(&ds, "ds", "DATACENTER/PATH:DATASTORE, repeatable")
	flag.Parse()
	if *dir == "" {
		log.Fatal("-dir is required")
	}
	if len(ds) == 0 {
		ds = multi{"dc1:ds1", "dc1:ds2", "region/dc2:ds1"}
	}
	simulator.SessionIdleTimeout = *idle

	s := &server{user: *user, xsd: *xsd, quoted: *quoted, sessions: map[string]bool{}}
	if err := s.inventory(*dir, ds); err != nil {
		log.Fatalf("inventory: %v", err)
	}
	rl, err := os.OpenFile(filepath.Join(*dir, "requests.jsonl"),
		os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0600)
	if err != nil {
		log.Fatal(err)
	}
	s.reqlog = json.NewEncoder(rl)
	s.reqlog.SetEscapeHTML(false)

	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	cert, thumb, err := certificate(*dir, addr.IP)
	if err != nil {
		log.Fatalf("certificate: %v", err)
	}
	s.svc.Listen = &url.URL{Scheme: "https", Host: addr.String(), Path: "/sdk",
		User: url.UserPassword(*user, *password)}
	simulator.Map.SessionManager().ServiceHostName = addr.String()
	s.svc.RegisterSDK(simulator.Map)

	mux := http.NewServeMux()
	mux.HandleFunc("/sdk", s.sdk)
	mux.HandleFunc("/sdk/", s.sdkFiles)
	mux.HandleFunc("/folder/", s.folder)
	srv := &http.Server{
		Handler: s.wrap(mux),
		// HTTP/1.1 only: an empty, non-nil map switches Go's h2 off.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		TLSConfig:    &tls.Config{Certificates: []tls.Certificate{*cert}},
	}

	cl, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.Serve(cl, s.control())) }()
	go func() {
		if err := srv.ServeTLS(l, "", ""); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()

	env := fmt.Sprintf("VSPHERE_HOST=%s\nVSPHERE_PORT=%d\nVSPHERE_USER='%s'\nVSPHERE_PASSWORD='%s'\n"+
		"VSPHERE_CA=%s\nVSPHERE_THUMBPRINT_SHA1=%s\nVSPHERE_DATASTORES='%s'\nVSPHERE_CTL=http://%s\n",
		addr.IP, addr.Port, *user, *password, filepath.Join(*dir, "ca.pem"), thumb,
		strings.Join(ds, " "), cl.Addr())
	tmp := filepath.Join(*dir, ".vsphere.env")
	if err = ioutil.WriteFile(tmp, []byte(env), 0600); err == nil {
		err = os.Rename(tmp, filepath.Join(*dir, "vsphere.env"))
	}
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("ready on https://%s, control on http://%s", addr, cl.Addr())

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	<-stop
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = srv.Shutdown(ctx)
}

// inventory starts from an empty vCenter and adds one host per datacenter with
// the wanted datastores, each backed by $DIR/ds/DCPATH/NAME.
func (s *server) inventory(dir string, specs []string) error {
	m := &simulator.Model{ServiceContent: simulator.VPX().ServiceContent,
		RootFolder: simulator.VPX().RootFolder}
	if err := m.Create(); err != nil {
		return err
	}
	s.svc = m.Service
	ctx := context.Background()
	c, err := vim25.NewClient(ctx, s.svc)
	if err != nil {
		return err
	}
	s.client = c
	hosts := map[string]*object.HostSystem{}
	for _, spec := range specs {
		i := strings.LastIndex(spec, ":")
		if i < 1 || i == len(spec)-1 {
			return fmt.Errorf("bad -ds %q", spec)
		}
		dcPath, name := strings.Trim(spec[:i], "/"), spec[i+1:]
		host := hosts[dcPath]
		if host == nil {
			if host, err = addDatacenter(ctx, c, dcPath); err != nil {
				return fmt.Errorf("%s: %w", dcPath, err)
			}
			hosts[dcPath] = host
		}
		back, err := filepath.Abs(filepath.Join(dir, "ds", dcPath, name))
		if err != nil {
			return err
		}
		if err = os.MkdirAll(back, 0700); err != nil {
			return err
		}
		dss, err := host.ConfigManager().DatastoreSystem(ctx)
		if err != nil {
			return err
		}
		if _, err = dss.CreateLocalDatastore(ctx, name, back); err != nil {
			return fmt.Errorf("%s: %w", spec, err)
		}
	}
	return nil
}

func addDatacenter(ctx context.Context, c *vim25.Client, dcPath string) (*object.HostSystem, error) {
	folder := object.NewRootFolder(c)
	parts := strings.Split(dcPath, "/")
	finder := find.NewFinder(c, false)
	for i, p := range parts[:len(parts)-1] {
		if f, err := finder.Folder(ctx, "/"+strings.Join(parts[:i+1], "/")); err == nil {
			folder = f
			continue
		}
		f, err := folder.CreateFolder(ctx, p)
		if err != nil {
			return nil, err
		}
		folder = f
	}
	dc, err := folder.CreateDatacenter(ctx, parts[len(parts)-1])
	if err != nil {
		return nil, err
	}
	folders, err := dc.Folders(ctx)
	if err != nil {
		return nil, err
	}
	task, err := folders.HostFolder.AddStandaloneHost(ctx,
		types.HostConnectSpec{HostName: "esx-" + parts[len(parts)-1]}, true, nil, nil)
	if err != nil {
		return nil, err
	}
	info, err := task.WaitForResult(ctx, nil)
	if err != nil {
		return nil, err
	}
	// The task returns the ComputeResource's only host.
	ref := info.Result.(types.ManagedObjectReference)
	if ref.Type != "HostSystem" {
		var cr mo.ComputeResource
		if err = object.NewComputeResource(c, ref).Properties(ctx, ref, []string{"host"}, &cr); err != nil {
			return nil, err
		}
		ref = cr.Host[0]
	}
	return object.NewHostSystem(c, ref), nil
}

// ---- HTTP front -----------------------------------------------------------

type writer struct {
	http.ResponseWriter
	s      *server
	status int
	bytes  int64
}

// WriteHeader sees the simulator's Set-Cookie before it leaves.
func (w *writer) WriteHeader(code int) {
	if w.status != 0 {
		return
	}
	w.status = code
	cookies := (&http.Response{Header: w.Header()}).Cookies()
	if len(cookies) > 0 && cookies[0].Name == cookieName {
		v := cookies[0].Value
		w.s.mu.Lock()
		w.s.sessions[v] = true
		w.s.mu.Unlock()
		if w.s.quoted {
			w.Header().Set("Set-Cookie", cookieName+`="`+v+`"; Path=/; HttpOnly; Secure; `)
		}
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *writer) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (s *server) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w := &writer{ResponseWriter: rw, s: s}
		entry := map[string]interface{}{
			"method": r.Method, "uri": r.RequestURI, "proto": r.Proto,
			"content_length": r.ContentLength, "chunked": len(r.TransferEncoding) > 0,
			"cookie": r.Header.Get("Cookie"), "host": r.Host,
		}
		for _, h := range []string{"Soapaction", "Content-Type", "Range", "Expect", "Authorization"} {
			if v := r.Header.Get(h); v != "" {
				entry[strings.ToLower(h)] = v
			}
		}
		if strings.HasPrefix(r.URL.Path, "/sdk") && r.Method == http.MethodPost {
			b, _ := ioutil.ReadAll(r.Body)
			r.Body = ioutil.NopCloser(strings.NewReader(string(b)))
			entry["body"] = string(b)
		}
		body, _ := entry["body"].(string)
		f := s.takeFault(r, body)
		switch {
		case f == nil:
			next.ServeHTTP(w, r)
		case f.Status != 0:
			w.WriteHeader(f.Status)
		default:
			next.ServeHTTP(&recorder{ResponseWriter: rw}, r)
			defer panic(http.ErrAbortHandler)
		}
		entry["status"], entry["sent"] = w.status, w.bytes
		s.mu.Lock()
		_ = s.reqlog.Encode(entry)
		s.mu.Unlock()
	})
}

func (s *server) takeFault(r *http.Request, body string) *fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if (f.Method == "" || f.Method == r.Method) && strings.HasPrefix(r.URL.Path, f.Prefix) &&
			strings.Contains(body, f.Saying) {
			if f.Count--; f.Count <= 0 {
				s.faults = append(s.faults[:i], s.faults[i+1:]...)
			}
			return f
		}
	}
	return nil
}

// sdk passes SOAP on. The simulator finishes a task before it answers the call
// that started it; "slow" makes the next polls see it running all the same.
func (s *server) sdk(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	s.svc.ServeSDK(rec, r)
	out := rec.body.Bytes()
	s.mu.Lock()
	if s.slow > 0 {
		if cut := taskState.ReplaceAll(out, []byte("${1}running<")); !bytes.Equal(cut, out) {
			s.slow--
			out = taskError.ReplaceAll(cut, nil)
		}
	}
	s.mu.Unlock()
	w.WriteHeader(rec.status)
	_, _ = w.Write(out)
}

var (
	taskState = regexp.MustCompile(`(<state>|:type="TaskInfoState">)(?:success|error)<`)
	taskError = regexp.MustCompile(`<error>.*?</error>|<completeTime>.*?</completeTime>`)
)

type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(code int)        { r.status = code }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (s *server) sdkFiles(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	switch {
	case name == "vimServiceVersions.xml":
		s.svc.ServiceVersions(w, r)
	case name == "vimService.wsdl":
		b, _ := wsdl.ReadFile("vim.wsdl")
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write(b)
	case s.xsd != "" && strings.HasSuffix(name, ".xsd"):
		w.Header().Set("Content-Type", "text/xml")
		http.ServeFile(w, r, filepath.Join(s.xsd, name))
	default:
		http.NotFound(w, r)
	}
}

// folder guards the simulator's datastore access, which has no check at all.
func (s *server) folder(w http.ResponseWriter, r *http.Request) {
	if !s.authenticated(r) {
		// Like vCenter: a challenge, and the connection is not kept for a body.
		w.Header().Set("WWW-Authenticate", `Basic realm="VMware HTTP server"`)
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method != http.MethodPut {
		s.svc.ServeDatastore(w, r)
		return
	}
	file, status := s.backing(r)
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	code := http.StatusCreated
	if _, err := os.Stat(file); err == nil {
		code = http.StatusOK
	}
	_ = os.MkdirAll(filepath.Dir(file), 0700)
	f, err := os.Create(file)
	if err == nil {
		_, err = io.Copy(f, r.Body)
		if e := f.Close(); err == nil {
			err = e
		}
	}
	if err != nil {
		log.Printf("PUT %s: %v", r.RequestURI, err)
		code = http.StatusInternalServerError
	}
	w.WriteHeader(code)
}

func (s *server) backing(r *http.Request) (string, int) {
	ctx := context.Background()
	q := r.URL.Query()
	finder := find.NewFinder(s.client, false)
	dc, err := finder.DatacenterOrDefault(ctx, q.Get("dcPath"))
	if err != nil {
		return "", http.StatusNotFound
	}
	finder.SetDatacenter(dc)
	ref, err := finder.Datastore(ctx, q.Get("dsName"))
	if err != nil {
		return "", http.StatusNotFound
	}
	ds := simulator.Map.Get(ref.Reference()).(*simulator.Datastore)
	return filepath.Join(ds.Info.GetDatastoreInfo().Url,
		filepath.FromSlash(path.Clean("/"+strings.TrimPrefix(r.URL.Path, "/folder/")))), 0
}

func (s *server) authenticated(r *http.Request) bool {
	if u, p, ok := r.BasicAuth(); ok {
		want, _ := s.svc.Listen.User.Password()
		return u == s.user && p == want
	}
	c, err := r.Cookie(cookieName) // strips the quotes
	return err == nil && s.active(c.Value)
}

func (s *server) active(key string) bool {
	res, err := methods.SessionIsActive(context.Background(), s.client, &types.SessionIsActive{
		This: *s.client.ServiceContent.SessionManager, SessionID: key, UserName: s.user})
	return err == nil && res.Returnval
}

// ---- control --------------------------------------------------------------

// control serves:
//
//	POST /expire                                   end every session
//	POST /fail?prefix=/sdk&method=POST&saying=Move&status=503&count=1
//	POST /free?ds=NAME&bytes=N                     pretend free space
//	POST /slow-tasks?polls=N                       next N polls of a task see "running"
//	GET  /sessions                                 number of live sessions
func (s *server) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/expire", func(w http.ResponseWriter, r *http.Request) {
		n := 0
		for _, key := range s.live() {
			_, err := methods.TerminateSession(context.Background(), s.client, &types.TerminateSession{
				This: *s.client.ServiceContent.SessionManager, SessionId: []string{key}})
			if err == nil {
				n++
			}
		}
		fmt.Fprintln(w, n)
	})
	mux.HandleFunc("/sessions", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, len(s.live()))
	})
	mux.HandleFunc("/fail", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		f := &fault{Method: q.Get("method"), Prefix: q.Get("prefix"), Saying: q.Get("saying"), Count: 1}
		f.Status, _ = strconv.Atoi(q.Get("status"))
		if n, err := strconv.Atoi(q.Get("count")); err == nil {
			f.Count = n
		}
		if (f.Status != 0 && f.Status < 300) || f.Status > 599 || f.Prefix == "" {
			http.Error(w, "need prefix and status 300..599, or 0", http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		s.faults = append(s.faults, f)
		s.mu.Unlock()
	})
	mux.HandleFunc("/slow-tasks", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.URL.Query().Get("polls"))
		if err != nil {
			http.Error(w, "need polls", http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		s.slow = n
		s.mu.Unlock()
	})
	mux.HandleFunc("/free", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
		hit := false
		if err == nil {
			for _, e := range simulator.Map.All("Datastore") {
				ds := e.(*simulator.Datastore)
				if ds.Name == r.URL.Query().Get("ds") {
					// No datastore is freer than it is large, however small the disk below.
					capacity := ds.Summary.Capacity
					if capacity < n {
						capacity = n
					}
					simulator.Map.Update(ds, []types.PropertyChange{
						{Name: "summary.capacity", Val: capacity},
						{Name: "summary.freeSpace", Val: n}})
					hit = true
				}
			}
		}
		if !hit {
			http.Error(w, "need ds and bytes", http.StatusBadRequest)
		}
	})
	return mux
}

func (s *server) live() []string {
	s.mu.Lock()
	keys := make([]string, 0, len(s.sessions))
	for k := range s.sessions {
		keys = append(keys, k)
	}
	s.mu.Unlock()
	var out []string
	for _, k := range keys {
		if s.active(k) {
			out = append(out, k)
		}
	}
	return out
}

// ---- certificate ----------------------------------------------------------

// certificate makes a CA and a server certificate for ip, anew at each start.
func certificate(dir string, ip net.IP) (*tls.Certificate, string, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	now := time.Now()
	ca := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()),
		Subject:   pkix.Name{CommonName: "vSphere test CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	pub, _ := x509.MarshalPKIXPublicKey(&caKey.PublicKey)
	id := sha1.Sum(pub)
	ca.SubjectKeyId = id[:]
	caDer, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, "", err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano() + 1),
		Subject:   pkix.Name{CommonName: ip.String()},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{ip},
		AuthorityKeyId: ca.SubjectKeyId,
		KeyUsage:       x509.KeyUsageDigitalSignature,
		ExtKeyUsage:    []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return nil, "", err
	}
	pemCA := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDer})
	if err = ioutil.WriteFile(filepath.Join(dir, "ca.pem"), pemCA, 0644); err != nil {
		return nil, "", err
	}
	sum := sha1.Sum(der)
	var t []string
	for _, b := range sum {
		t = append(t, fmt.Sprintf("%02X", b))
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, strings.Join(t, ":"), nil
}
