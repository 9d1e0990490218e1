// Go with its standard library.
import { escapedSign, expressionOf, formText, plainRequest } from './plain.ts'
import type { CodeOptions, CodeRequest } from './types.ts'

/** A string literal that means exactly `text`. What cannot be seen is escaped: Go refuses a byte order mark in a source, for one. */
export function goString(text: string): string {
  if (text.includes('"') && !/[`\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text)) return `\`${text}\``
  const escaped = text.toWellFormed().replace(/[\\"\p{Cc}\p{Cf}\u2028\u2029]/gu, escapedSign)
  return `"${escaped}"`
}

/** A whole program. */
export function goCode(request: CodeRequest, options: CodeOptions): string {
  const plain = plainRequest(request, options)
  const { body, auth, headers } = plain
  const text = (value: string): string =>
    expressionOf(value, plain.usesEnvironment, {
      literal: goString,
      variable: (name) => `os.Getenv("${name}")`,
      plus: ' + ',
    })
  const imports = new Set(['fmt', 'io', 'log', 'net/http'])
  const before: string[] = []
  const after: string[] = []
  let reader = 'nil'
  const check = ['\tif err != nil {', '\t\tlog.Fatal(err)', '\t}']
  if (body.type === 'text' || body.type === 'form') {
    imports.add('strings')
    reader = `strings.NewReader(${text(body.type === 'text' ? body.text : formText(body.fields))})`
  } else if (body.type === 'file') {
    imports.add('os')
    before.push(`\tbody, err := os.Open(${text(body.path)})`, ...check)
    reader = 'body'
  } else if (body.type === 'multipart') {
    for (const name of ['bytes', 'mime/multipart', 'net/textproto']) imports.add(name)
    before.push('\tvar body bytes.Buffer', '\tform := multipart.NewWriter(&body)')
    for (const part of body.parts) {
      const fileName =
        part.type === 'file' ? `; filename=${JSON.stringify(part.path.split(/[/\\]/).at(-1) ?? '')}` : ''
      const type = part.contentType ?? (part.type === 'file' ? 'application/octet-stream' : null)
      before.push(
        '\t{',
        `\t\theader := textproto.MIMEHeader{"Content-Disposition": {${text(`form-data; name=${JSON.stringify(part.name)}${fileName}`)}}}`,
        ...(type === null ? [] : [`\t\theader.Set("Content-Type", ${text(type)})`]),
        '\t\tpart, err := form.CreatePart(header)',
        ...check.map((line) => `\t${line}`),
      )
      if (part.type === 'file') {
        imports.add('os')
        before.push(
          `\t\tfile, err := os.Open(${text(part.path)})`,
          ...check.map((line) => `\t${line}`),
          '\t\tio.Copy(part, file)',
          '\t\tfile.Close()',
        )
      } else before.push(`\t\tio.WriteString(part, ${text(part.value)})`)
      before.push('\t}')
    }
    before.push('\tform.Close()')
    after.push('\trequest.Header.Set("Content-Type", form.FormDataContentType())')
    reader = '&body'
  }
  for (const { name, value } of headers) {
    if (body.type === 'multipart' && name.toLowerCase() === 'content-type') continue
    // Go takes Host from elsewhere.
    if (name.toLowerCase() === 'host') after.push(`\trequest.Host = ${text(value)}`)
    else after.push(`\trequest.Header.Add(${text(name)}, ${text(value)})`)
  }
  if (auth.type === 'basic')
    after.push(`\trequest.SetBasicAuth(${text(auth.username)}, ${text(auth.password)})`)
  if (auth.type === 'digest')
    after.push('\t// The server asks for digest authentication, which is not done here.')
  if (auth.type === 'awsV4')
    after.push('\t// The request must be signed (AWS signature version 4), which is not done here.')
  const lines = [
    ...before,
    `\trequest, err := http.NewRequest(${text(plain.method)}, ${text(plain.url)}, ${reader})`,
    ...check,
    ...after,
    '\tresponse, err := http.DefaultClient.Do(request)',
    ...check,
    '\tdefer response.Body.Close()',
    '\tcontent, err := io.ReadAll(response.Body)',
    ...check,
    '\tfmt.Println(response.Status, string(content))',
    '}',
    '',
  ]
  if (lines.some((line) => line.includes('os.Getenv('))) imports.add('os')
  return [
    'package main',
    '',
    'import (',
    ...[...imports].toSorted().map((name) => `\t"${name}"`),
    ')',
    '',
    'func main() {',
    ...lines,
  ].join('\n')
}
