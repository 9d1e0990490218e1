// How JSON, JavaScript, GraphQL and XML are cut into coloured tokens. `{{variables}}` stand out in all of them.
import type { languages } from 'monaco-editor/editor'

type Tokens = languages.IMonarchLanguage
type Configuration = languages.LanguageConfiguration

const VARIABLE = [/\{\{[^{}\n]*\}\}/, 'variable.parameter'] as const

const PAIRS: Configuration = {
  brackets: [
    ['{', '}'],
    ['[', ']'],
    ['(', ')'],
  ],
  autoClosingPairs: [
    { open: '{', close: '}', notIn: ['string', 'comment'] },
    { open: '[', close: ']', notIn: ['string', 'comment'] },
    { open: '(', close: ')', notIn: ['string', 'comment'] },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
  ],
  surroundingPairs: [
    { open: '{', close: '}' },
    { open: '[', close: ']' },
    { open: '(', close: ')' },
    { open: '"', close: '"' },
    { open: "'", close: "'" },
  ],
  indentationRules: { increaseIndentPattern: /[{[(]\s*$/, decreaseIndentPattern: /^\s*[}\])]/ },
}

const JSON_TOKENS: Tokens = {
  defaultToken: '',
  tokenizer: {
    root: [
      [/"(?:[^"\\]|\\.)*"(?=\s*:)/, 'identifier.function'],
      [...VARIABLE],
      [/"/, 'string', '@string'],
      [/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/, 'number'],
      [/\b(?:true|false|null)\b/, 'keyword'],
      [/\/\/.*$/, 'comment'],
      [/[{}[\],:]/, 'delimiter'],
    ],
    string: [
      [...VARIABLE],
      [/\\./, 'string'],
      [/[^"\\{]+/, 'string'],
      [/\{/, 'string'],
      [/"/, 'string', '@pop'],
    ],
  },
}

const SCRIPT_TOKENS: Tokens = {
  defaultToken: '',
  keywords:
    'async await break case catch class const continue default delete do else export extends false finally for from function if import in instanceof let new null of return static super switch this throw true try typeof undefined var void while yield'.split(
      ' ',
    ),
  tokenizer: {
    root: [
      [/\/\/.*$/, 'comment'],
      [/\/\*/, 'comment', '@comment'],
      [/'(?:[^'\\\n]|\\.)*'/, 'string'],
      [/"(?:[^"\\\n]|\\.)*"/, 'string'],
      [/`/, 'string', '@template'],
      [/\d[\d_]*(?:\.\d+)?n?/, 'number'],
      [/[A-Za-z_$][\w$]*(?=\s*\()/, { cases: { '@keywords': 'keyword', '@default': 'identifier.function' } }],
      [/[A-Za-z_$][\w$]*/, { cases: { '@keywords': 'keyword', '@default': 'identifier' } }],
      [/[{}()[\],;.]/, 'delimiter'],
      [/[=<>!+\-*/%&|^~?:]+/, 'operator'],
    ],
    comment: [
      [/\*\//, 'comment', '@pop'],
      [/[^*]+|\*/, 'comment'],
    ],
    template: [
      [/\\./, 'string'],
      [/`/, 'string', '@pop'],
      [/[^`\\]+/, 'string'],
    ],
  },
}

const GRAPHQL_TOKENS: Tokens = {
  defaultToken: '',
  keywords: 'query mutation subscription fragment on true false null'.split(' '),
  tokenizer: {
    root: [
      [...VARIABLE],
      [/#.*$/, 'comment'],
      [/"""/, 'string', '@block'],
      [/"(?:[^"\\\n]|\\.)*"/, 'string'],
      [/\$[A-Za-z_]\w*/, 'variable.parameter'],
      [/@[A-Za-z_]\w*/, 'type'],
      [/-?\d+(?:\.\d+)?/, 'number'],
      [/[A-Z]\w*/, 'type'],
      [/[a-z_]\w*/, { cases: { '@keywords': 'keyword', '@default': 'identifier' } }],
      [/[{}()[\],:!=|&.]/, 'delimiter'],
    ],
    block: [
      [/"""/, 'string', '@pop'],
      [/[^"]+|"/, 'string'],
    ],
  },
}

const XML_TOKENS: Tokens = {
  defaultToken: '',
  tokenizer: {
    root: [
      [...VARIABLE],
      [/<!--/, 'comment', '@comment'],
      [/<\/?[\w:.-]+/, 'keyword', '@tag'],
      [/<[?!][\w-]+/, 'keyword', '@tag'],
    ],
    tag: [
      [/[\w:.-]+(?==)/, 'identifier.function'],
      [/"[^"]*"|'[^']*'/, 'string'],
      [/[/?]?>/, 'keyword', '@pop'],
    ],
    comment: [
      [/-->/, 'comment', '@pop'],
      [/[^-]+|-/, 'comment'],
    ],
  },
}

const TEXT_TOKENS: Tokens = { defaultToken: '', tokenizer: { root: [[...VARIABLE]] } }

const LANGUAGES: readonly { readonly id: string; readonly tokens: Tokens; readonly more: Configuration }[] = [
  { id: 'json', tokens: JSON_TOKENS, more: { wordPattern: /[\p{L}_$][\p{L}\p{N}_$-]*/u } },
  {
    id: 'javascript',
    tokens: SCRIPT_TOKENS,
    more: {
      comments: { lineComment: '//', blockComment: ['/*', '*/'] },
      wordPattern: /[\p{L}_$][\p{L}\p{N}_$]*/u,
    },
  },
  { id: 'graphql', tokens: GRAPHQL_TOKENS, more: { comments: { lineComment: '#' } } },
  { id: 'xml', tokens: XML_TOKENS, more: { comments: { blockComment: ['<!--', '-->'] } } },
  { id: 'text', tokens: TEXT_TOKENS, more: {} },
]

/** Makes them known to Monaco. Called once. */
export function registerApiLanguages(monaco: typeof languages): void {
  for (const { id, tokens, more } of LANGUAGES) {
    monaco.register({ id })
    monaco.setLanguageConfiguration(id, id === 'text' ? more : { ...PAIRS, ...more })
    monaco.setMonarchTokensProvider(id, tokens)
  }
}
