import { alertRules } from './alert-rules.ts';
import { address, type Layout, roles } from './layout.ts';

/** The configuration files of the servers by file name. JSON is YAML, so that no writer is needed. */
export function configs(layout: Layout): Readonly<Record<string, string>> {
  return {
    'prometheus.yml': JSON.stringify(prometheus(layout), null, 2),
    'rules.yml': JSON.stringify({ groups: [{ name: 'lab', interval: '5s', rules: alertRules }] }, null, 2),
    'alertmanager.yml': JSON.stringify(alertmanager(layout), null, 2),
    'nginx.conf': nginx(layout),
  };
}

function prometheus(layout: Layout): unknown {
  const job = (name: string, port: number) => ({
    job_name: name,
    static_configs: [{ targets: [address(port)] }],
  });
  const jobOf = (service: string, port: number) => ({
    job_name: service,
    static_configs: [{ targets: [address(port)], labels: { service } }],
  });
  const services = roles.map(service => ({
    targets: layout.services[service].map(address),
    labels: { service },
  }));
  return {
    global: {
      scrape_interval: '5s',
      scrape_timeout: '4s',
      evaluation_interval: '5s',
      external_labels: { cluster: 'lab' },
    },
    rule_files: ['rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [address(layout.alertmanager)] }] }] },
    scrape_configs: [
      { job_name: 'services', static_configs: services },
      { ...job('node', layout.nodeExporter), metric_relabel_configs: ownDisks(layout) },
      jobOf('redis', layout.redisExporter),
      jobOf('postgresql', layout.postgresqlExporter),
      jobOf('dns', layout.dns),
      job('nginx', layout.nginxExporter),
      job('prometheus', layout.prometheus),
      job('alertmanager', layout.alertmanager),
    ],
  };
}

/** The lab's disks are mounted in its folder, on any loop device; they are told by their names alone. */
function ownDisks({ file }: Layout): unknown[] {
  const regex = `${file('disks')}/(.*)`;
  return [
    { source_labels: ['mountpoint'], regex, target_label: 'device', replacement: '/dev/$1' },
    { source_labels: ['mountpoint'], regex, target_label: 'mountpoint', replacement: '/disks/$1' },
  ];
}

function alertmanager(layout: Layout): unknown {
  return {
    route: {
      receiver: 'recorder',
      group_by: ['alertname', 'service', 'instance', 'peer_service'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '4h',
    },
    receivers: [
      {
        name: 'recorder',
        webhook_configs: [{ url: `http://${address(layout.webhook)}/`, send_resolved: true }],
      },
    ],
  };
}

function nginx(layout: Layout): string {
  const upstreams = layout.services.frontend.map(
    port => `    server ${address(port)} max_fails=3 fail_timeout=10s;`,
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `  ${name}_temp_path ${layout.file(`nginx-${name}`)};`,
  );
  return `daemon off;
worker_processes 1;
pid ${layout.file('nginx.pid')};
error_log ${layout.file('nginx-error.log')};
events {}
http {
  access_log off;
${temporary.join('\n')}
  upstream frontend {
${upstreams.join('\n')}
    keepalive 8;
  }
  server {
    listen ${address(layout.nginx)};
    location /stub { stub_status; }
    location / {
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_pass http://frontend;
    }
  }
}
`;
}
