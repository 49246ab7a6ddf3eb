{{- define "foreshock.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "foreshock.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "foreshock.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "foreshock.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "foreshock.selectorLabels" -}}
app.kubernetes.io/name: {{ include "foreshock.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "foreshock.labels" -}}
{{ include "foreshock.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{- define "foreshock.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "foreshock.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "foreshock.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "foreshock.secretName" -}}
{{- if .Values.externalSecret.enabled -}}
{{- include "foreshock.fullname" . -}}
{{- else -}}
{{- .Values.secret.existingName -}}
{{- end -}}
{{- end -}}

{{- define "foreshock.config" -}}
{{- $storage := merge (dict "path" "/var/lib/foreshock") (default (dict) .Values.config.storage) -}}
{{- $web := merge (dict "listen" "0.0.0.0:9477") (default (dict) .Values.config.web) -}}
{{- mergeOverwrite (deepCopy .Values.config) (dict "storage" $storage "web" $web) | toYaml -}}
{{- end -}}
