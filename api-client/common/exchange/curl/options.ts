// The options of curl: which take a value, and what each is called in full.

/** Options that take a value. */
const WITH_VALUE = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at
cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation dns-interface
dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expect100-timeout form
form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode haproxy-clientip happy-eyeballs-timeout-ms
header help hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl
limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy
oauth2-bearer output output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy
proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass
proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0
pubkey quote random-file range rate referer request request-target resolve retry retry-delay retry-max-time sasl-authzid
service-name socks4 socks4a socks5 socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize
time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url
url-query user user-agent variable vlan-priority write-out`.split(/\s+/),
)

const WITHOUT_VALUE = new Set(
  `anyauth append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable disable-eprt disable-epsv
disallow-username-in-url doh-cert-status doh-insecure fail fail-early fail-with-body false-start form-escape ftp-create-dirs
ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-control get globoff haproxy-protocol head http0.9 http1.0 http1.1 http2
http2-prior-knowledge http3 http3-only ignore-content-length include insecure ipv4 ipv6 junk-session-cookies list-only location
location-trusted mail-rcpt-allowfails manual metalink negotiate netrc netrc-optional next no-alpn no-buffer no-clobber
no-keepalive no-npn no-progress-meter no-sessionid ntlm ntlm-wb out-null parallel parallel-immediate path-as-is post301 post302
post303 progress-bar proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm
proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tlsv1 proxytunnel raw remote-header-name remote-name remote-name-all
remote-time remove-on-error retry-all-errors retry-connrefused sasl-ir show-error show-headers silent skip-existing socks5-basic
socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort
ssl-sessions sslv2 sslv3 styled-output suppress-connect-headers tcp-fastopen tcp-nodelay test-event tlsv1 tlsv1.0 tlsv1.1 tlsv1.2
tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose version xattr`.split(/\s+/),
)

const SHORT = new Map(
  Object.entries({
    0: 'http1.0',
    1: 'tlsv1',
    2: 'sslv2',
    3: 'sslv3',
    4: 'ipv4',
    6: 'ipv6',
    '#': 'progress-bar',
    ':': 'next',
    a: 'append',
    A: 'user-agent',
    b: 'cookie',
    B: 'use-ascii',
    c: 'cookie-jar',
    C: 'continue-at',
    d: 'data',
    D: 'dump-header',
    e: 'referer',
    E: 'cert',
    f: 'fail',
    F: 'form',
    g: 'globoff',
    G: 'get',
    h: 'help',
    H: 'header',
    i: 'include',
    I: 'head',
    j: 'junk-session-cookies',
    J: 'remote-header-name',
    k: 'insecure',
    K: 'config',
    l: 'list-only',
    L: 'location',
    m: 'max-time',
    M: 'manual',
    n: 'netrc',
    N: 'no-buffer',
    o: 'output',
    O: 'remote-name',
    p: 'proxytunnel',
    P: 'ftp-port',
    q: 'disable',
    Q: 'quote',
    r: 'range',
    R: 'remote-time',
    s: 'silent',
    S: 'show-error',
    t: 'telnet-option',
    T: 'upload-file',
    u: 'user',
    U: 'proxy-user',
    v: 'verbose',
    V: 'version',
    w: 'write-out',
    x: 'proxy',
    X: 'request',
    y: 'speed-time',
    Y: 'speed-limit',
    z: 'time-cond',
    Z: 'parallel',
  }),
)

/** What changes how the answer is shown, stored or repeated, and not the request. */
export const OUTPUT_OPTIONS = new Set(
  `append alpn progress-bar dump-header fail fail-early fail-with-body include globoff junk-session-cookies remote-header-name list-only manual
no-buffer buffer output output-dir remote-name remote-name-all remote-time silent show-error stderr trace trace-ascii trace-ids trace-time
trace-config use-ascii verbose version write-out parallel parallel-immediate parallel-max progress-meter no-progress-meter create-dirs
styled-output suppress-connect-headers xattr compressed disable keepalive keepalive-time no-keepalive raw libcurl next out-null
remove-on-error clobber no-clobber show-headers tcp-nodelay skip-existing create-file-mode anyauth help ssl-no-revoke basic`.split(
    /\s+/,
  ),
)

/** An option by its full name; a URL is `url`. */
export interface Option {
  readonly name: string
  readonly value: string
  /** Switched off by `--no-…`. */
  readonly isOff: boolean
  readonly isKnown: boolean
}

/** The options of a command line, from after `curl`, combined short ones taken apart. */
export function optionsOf(words: readonly string[]): Option[] {
  const found: Option[] = []
  const waiting = [...words].reverse()
  const add = (name: string, value = '', isOff = false): void => {
    found.push({ name, value, isOff, isKnown: true })
  }
  let isEnded = false
  for (let word = waiting.pop(); word !== undefined; word = waiting.pop()) {
    if (isEnded || word === '-' || !word.startsWith('-')) add('url', word)
    else if (word === '--') isEnded = true
    else if (word.startsWith('--')) {
      const name = longName(word.slice(2))
      const plain = name.replace(/^(no-|expand-)/, '')
      if (WITH_VALUE.has(name)) add(name, waiting.pop() ?? '')
      else if (WITHOUT_VALUE.has(name)) add(name)
      else if (name.startsWith('expand-') && WITH_VALUE.has(plain)) add(plain, waiting.pop() ?? '')
      else if (name.startsWith('no-') && (WITHOUT_VALUE.has(plain) || OUTPUT_OPTIONS.has(plain)))
        add(plain, '', true)
      else if (name.includes('=') && WITH_VALUE.has(name.slice(0, name.indexOf('='))))
        add(name.slice(0, name.indexOf('=')), name.slice(name.indexOf('=') + 1))
      else found.push({ name, value: '', isOff: false, isKnown: OUTPUT_OPTIONS.has(name) })
    } else {
      for (let at = 1; at < word.length; at++) {
        const name = SHORT.get(word[at] ?? '')
        if (name === undefined) found.push({ name: word[at] ?? '', value: '', isOff: false, isKnown: false })
        else if (WITH_VALUE.has(name) && name !== 'help') {
          const rest = word.slice(at + 1)
          add(name, rest === '' ? (waiting.pop() ?? '') : rest)
          break
        } else add(name)
      }
    }
  }
  return found
}

/** Curl takes the beginning of a name where it is the only one. */
function longName(name: string): string {
  if (WITH_VALUE.has(name) || WITHOUT_VALUE.has(name)) return name
  const candidates = [...WITH_VALUE, ...WITHOUT_VALUE].filter((one) => one.startsWith(name))
  return candidates.length === 1 ? (candidates[0] ?? name) : name
}
