import type { PinnedCertificate } from '../certificates.ts';

/**
 * DEMONSTRATION ONLY. Not UIDAI's: its private key is public (it lies in src/demo/identity), so anybody can
 * sign with it. It is in the registry only of a demonstration.
 */
export const DEMONSTRATION_CERTIFICATE: PinnedCertificate = {
	name: 'Jansunwai demonstration only',
	fingerprint: 'b0535dfc211c025ac304348fa4e4c38004d064592c66c44ff6f59dfd4b4caec9',
	pem: `-----BEGIN CERTIFICATE-----
MIIDkTCCAnmgAwIBAgIIP/EhqkrjyjUwDQYJKoZIhvcNAQELBQAwZzELMAkGA1UE
BhMCSU4xJTAjBgNVBAoMHEphbnN1bndhaSBkZW1vbnN0cmF0aW9uIG9ubHkxMTAv
BgNVBAMMKEphbnN1bndhaSBkZW1vbnN0cmF0aW9uIG9ubHkgLSBub3QgVUlEQUkw
IBcNMjAwMTAxMDAwMDAwWhgPMjA1MDAxMDEwMDAwMDBaMGcxCzAJBgNVBAYTAklO
MSUwIwYDVQQKDBxKYW5zdW53YWkgZGVtb25zdHJhdGlvbiBvbmx5MTEwLwYDVQQD
DChKYW5zdW53YWkgZGVtb25zdHJhdGlvbiBvbmx5IC0gbm90IFVJREFJMIIBIjAN
BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkURDn363gzhOecXkTM/k4NWte6rR
n0YXD7x5h6KErq1iBFcwoXlK2KF9HwK/OrJowGoEBRWilVSJefFlX6hu8vlxz4TO
ntvGebRpVgzI1+KvX1JQzPLoIcfoQDsrkvIFkhguYyMzoXHUgW3g7J5NGFBPkKuf
v2azSk4Vt40SCC486Iy3gjrok6zJpaogB34945ZcqXw02iL0xSYqMgWRsV+p0pCv
4yArlry78fLh1yKT2i/w4wbI1tvhTWzId2mLmz7Y3wlLxiloKB4I4LWCxD+T1+ts
C6/rHUjoTXnBkFmIl+G13CSKVoGNozzk15TqpPXJ9WiXnNFTBOpEzxDSNQIDAQAB
oz8wPTAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQU4aMH
/eIskf2pErv3B2dCZe11aMgwDQYJKoZIhvcNAQELBQADggEBACBN70XTQvlI+9Mk
mtoH6Ysruf9kXES/wYd/rsnI/xrjV5S+Eo/4CMTuMQfKpszzf3lq1gLXAv2pec94
99YuWgRigyR8veTHxUnDJgna/dgl3Yjg12+p9+A0EoWHisdNV0/ggJmzQoGeriHo
NpHP4xZhiHZXugLSyxw15YvTdIk1sKPWpzw9fQaMOqTmFleo6RDGbg1INziwSnmK
MxwJWbAUhgIvRF2i1abLtcoTeq3enZgoeBc+CSzztQpKLxhSmuivzWe918v7xaG/
3dsTMDTpuXrNt1qTT7nDmvpIN+X4ExOZhOGVDMtpGAZ5jAGW29oegOc1OxHVt5TT
TSs2SRI=
-----END CERTIFICATE-----
`,
};
