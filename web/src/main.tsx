// Starts the console: theme and language first, so that nothing flashes, then the pages.
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { startLanguage } from './i18n/language.ts'
import { startAppearance } from './ui/appearance.ts'
import './styles.css'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
startAppearance()
await startLanguage()
createRoot(root).render(<App />)
