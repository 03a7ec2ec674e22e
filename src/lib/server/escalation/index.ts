export { scanDeadlines, type ScanResult } from './scan.ts';
