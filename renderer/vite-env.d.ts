// What Vite adds to modules: styles, assets, import.meta.glob.
/// <reference types="vite/client" />
