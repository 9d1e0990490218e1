// Colours of drawings. A file has no style sheet of the app: it brings its own.
export type SvgTheme = 'light' | 'dark'

// prettier-ignore
export const THEMES = {
  light: {
    canvas: '#f7f8fa', surface: '#ffffff', line: '#d5d9e0', text: '#1c2330', muted: '#687386', key: '#b7791f', link: '#3f6fd8', relation: '#8a95a8',
    groups: ['#3f6fd8', '#2f9e77', '#b7791f', '#c2474d', '#8257c9', '#2089a8', '#b5508f', '#687386'],
  },
  dark: {
    canvas: '#0f1218', surface: '#181c24', line: '#303744', text: '#e6e9ef', muted: '#929cad', key: '#e0b050', link: '#7aa2f7', relation: '#66718a',
    groups: ['#7aa2f7', '#5cc9a0', '#e0b050', '#ef7a80', '#b08cf0', '#5fbfdc', '#e388c2', '#929cad'],
  },
} as const
