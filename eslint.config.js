// What is not an arrow (those are in .dependency-cruiser.cjs): types, promises, sizes, and one door for globals. Errors only, no exemptions.
import tseslint from 'typescript-eslint'
import reactHooks from 'eslint-plugin-react-hooks'

const door = (name, replacement) => ({ name, message: replacement })
const environmentDoor = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Read the environment in config.ts only and pass values on.',
}

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'coverage',
      '.cache',
      '**/*.cjs',
      '**/*.js',
      'test-results',
      'playwright-report',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin, 'react-hooks': reactHooks },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
        environmentDoor,
      ],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['renderer/**/*.tsx', 'renderer/**/*.ts'],
    rules: {
      ...reactHooks.configs.recommended.rules,
      'no-restricted-globals': [
        'error',
        door('localStorage', 'Use the workspace capability.'),
        door('fetch', 'Use the typed client in renderer/host.'),
      ],
    },
  },
  {
    files: [
      'contract/**/*.ts',
      '{postgres,api-client}/common/**/*.ts',
      'backend/rest/{parse,plan,sql,respond}/**/*.ts',
    ],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Pass the clock in.' },
        { object: 'Math', property: 'random', message: 'Pass randomness in.' },
      ],
    },
  },
  // The command line talks to a person, and config files read the environment and export a default: that is what they are for.
  {
    files: [
      'scripts/**/*.ts',
      'bench/**/*.ts',
      'testing/**/*.ts',
      'e2e/**/*.ts',
      '**/config.ts',
      '*.config.ts',
      '**/*.test.ts',
      '**/*.test.tsx',
    ],
    rules: { 'no-restricted-syntax': 'off', 'no-console': 'off' },
  },
  {
    files: ['*.config.ts', '**/vite.config.ts', '**/playwright.config.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  // `as const` aside, a test may narrow what it built itself.
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'testing/**/*.ts', 'e2e/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
)
